// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Registry;

/// <summary>Blobs go several at a time, within one bound for the process.</summary>
public sealed class TransferBoundTests : RegistryTestBase, IDisposable
{
    // What design and help say of it is that there is one; the number is the core's.
    private const int Bound = 6;

    private readonly TemporaryFolder _folder = new();
    private readonly object _counting = new();
    private int _now;
    private int _most;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Copy_ManyBlobsFromASlowRegistry_StaysWithinTheBound(int copies)
    {
        var images = new LayoutImages(_folder["in"]);
        for (int copy = 0; copy < copies; copy++)
        {
            Push(images, $"team/app{copy}", copy);
        }

        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Method == "GET" && context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
            {
                Count(1);
                await Task.Delay(30);
                // Before the answer: the client cannot have begun another one in its place.
                Count(-1);
            }

            return false;
        };

        await Task.WhenAll(
            Enumerable.Range(0, copies).Select(copy => TestImages.CopyAsync($"{Host}/team/app{copy}:1", $"oci:{_folder[$"out{copy}"]}:1")));

        Assert.InRange(_most, 2, Bound);
        Assert.All(Enumerable.Range(0, copies), copy => Assert.Equal(26, Directory.GetFiles(_folder[$"out{copy}/blobs/sha256"]).Length));
    }

    [Fact]
    public async Task Copy_IndexIntoASlowRegistry_StaysWithinTheBound()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Index(Enumerable.Range(0, 6).Select(number => Image(images, number, 4)).ToArray()));
        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Method == "PUT" && context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
            {
                Count(1);
                await Task.Delay(30);
                Count(-1);
            }

            return false;
        };

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{Host}/team/app:1");

        Assert.InRange(_most, 2, Bound);
        Assert.Equal(30, Registry.Content.BlobsIn("team/app").Count);
    }

    private void Count(int change)
    {
        lock (_counting)
        {
            _now += change;
            _most = Math.Max(_most, _now);
        }
    }

    private void Push(LayoutImages images, string repository, int number)
    {
        string digest = LayoutImages.Digest(Image(images, number, 24));
        using var peer = new RegistryPeer(Host, repository);
        peer.Push(images.Folder, digest, "1");
    }

    private static JsonObject Image(LayoutImages images, int number, int layers) =>
        images.Image(
            $"linux/number{number}",
            Enumerable.Range(0, layers).Select(layer => images.Layer(($"file{number}", $"layer {layer}"))).ToArray());
}
