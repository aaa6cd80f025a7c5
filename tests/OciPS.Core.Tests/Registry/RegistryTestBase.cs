// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>A registry for each test, and short ways to use it.</summary>
public abstract class RegistryTestBase : IAsyncLifetime
{
    protected RegistryServer Registry { get; private set; } = null!;

    protected string Host => Registry.Host;

    public async Task InitializeAsync() => Registry = await RegistryServer.StartAsync();

    public async Task DisposeAsync() => await Registry.DisposeAsync();

    internal static Task<ManifestContent> ResolveAsync(string reference) => ImageOpener.ResolveAsync(ImageReference.Parse(reference), new RecordingLog(), CancellationToken.None);

    internal static async Task<List<string>> ListAsync(string reference)
    {
        using OpenedImage image = await ImageOpener.OpenAsync(ImageReference.Parse(reference), new RecordingLog(), CancellationToken.None);
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(image, new RecordingLog()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        return names;
    }

    internal static async Task<RewrittenImage> RemoveAsync(string source, string destination, string path = "etc/secret.key")
    {
        OpenedImage image = await ImageOpener.OpenSingleAsync(ImageReference.Parse(source), new RecordingLog(), CancellationToken.None);
        using FileRemover remover = await FileRemover.ScanAsync(image, FileSelection.ByPath([path], [], recurse: false), new RecordingLog(), CancellationToken.None);
        return await remover.PublishAsync(ImageReference.Parse(destination), CancellationToken.None);
    }

    /// <summary>The error that a piece of work ends in.</summary>
    internal static async Task<OciException> ErrorOfAsync(Func<Task> work) => await Assert.ThrowsAnyAsync<OciException>(work);
}
