// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Registry;

/// <summary>Where the environment says that nothing is kept, or in a place that cannot be made.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class LayerCacheVariableTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();

    private int Downloads =>
        Registry.Requests.Count(
            request => request.Method == "GET" && !request.IsProbe && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_TurnedOffOrFolderCannotBeMade_WorksAndKeepsNothing()
    {
        RegistryImage.Push(Registry, "team/app");
        foreach (string value in new[] { "off", "OFF", _folder.Write("file", []) + "/cache", "relative/folder" })
        {
            _environment.Set(NoLayerCache.Variable, value);
            int before = Downloads;

            Assert.Equal(["etc/secret.key", "app/run"], await ListAsync($"{Host}/team/app:1"));

            Assert.Equal(before + 2, Downloads);
        }

        Assert.False(Directory.Exists(_folder["cache"]));
        Assert.False(Directory.Exists("relative"));
    }
}
