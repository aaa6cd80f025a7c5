// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Registry.Connections;
using OciPS.Removal;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>A registry for each test, and short ways to use it.</summary>
public abstract class RegistryTestBase : IAsyncLifetime
{
    protected RegistryTestBase() => TestSession.UseOwn();

    protected RegistryServer Registry { get; private set; } = null!;

    protected string Host => Registry.Host;

    public virtual async Task InitializeAsync()
    {
        Registry = await RegistryServer.StartAsync();
    }

    public virtual async Task DisposeAsync() => await Registry.DisposeAsync();

    /// <summary>Says that the registry may get credentials over plain HTTP, as it is on loopback for the test's sake only.</summary>
    protected void AllowCredentials() => TestSession.Current.Registries.Connect(new RegistryConnection(Host) { PlainHttp = true });

    internal static Task<ManifestContent> ResolveAsync(string reference) => TestImages.ResolveAsync(reference);

    internal static async Task<List<string>> ListAsync(string reference)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference);
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        return names;
    }

    internal static Task<RewrittenImage> RemoveAsync(string source, string destination, string path = "etc/secret.key") =>
        TestImages.RemoveAsync(source, destination, path);

    /// <summary>The error that a piece of work ends in.</summary>
    internal static async Task<OciException> GetErrorAsync(Func<Task> work) => await Assert.ThrowsAnyAsync<OciException>(work);
}
