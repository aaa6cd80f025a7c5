// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Registries that answer without end, or with what no reader can take. The memory of the process is measured.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class HostileAnswerTests : FaultTestBase
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Manifest = Ok + "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n";

    public HostileAnswerTests() => TestSession.Use(TestSession.ShortWaits with { IdleTimeout = TimeSpan.FromMilliseconds(400) });

    [Theory]
    [InlineData("headers without end", Ok, "X-Header: value of a header\r\n", "RegistryUnreachable")]
    [InlineData("one header without end", Ok + "X-Header: ", "value", "RegistryUnreachable")]
    [InlineData("a status without end", "HTTP/1.1 200 ", "OK", "RegistryUnreachable")]
    [InlineData("interim answers without end", "", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n", "RegistryUnreachable")]
    [InlineData("a chunk's size without end", Manifest + "Transfer-Encoding: chunked\r\n\r\n", "0", "RegistryUnreachable")]
    [InlineData("a chunk's extension without end", Manifest + "Transfer-Encoding: chunked\r\n\r\n1;", "x=y;", "RegistryUnreachable")]
    [InlineData("trailers without end", Manifest
        + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-Header: value\r\n", "RegistryUnreachable")]
    [InlineData("a manifest without end", Manifest + "\r\n", "{\"a\":", "ManifestTooLarge")]
    [InlineData(
        "a manifest in chunks without end", Manifest + "Transfer-Encoding: chunked\r\n\r\n", "5\r\n{\"a\":\r\n", "ManifestTooLarge")]
    [InlineData("a manifest of a gigabyte", Manifest + "Content-Length: 1073741824\r\n\r\n", "{\"a\":", "ManifestTooLarge")]
    [InlineData("a size that is none", Manifest + "Content-Length: -1\r\n\r\n", "{}", "ManifestTooLarge")]
    [InlineData("a size that overflows", Manifest + "Content-Length: 99999999999999999999\r\n\r\n", "{}", "ManifestTooLarge")]
    [InlineData("a refusal without end", "HTTP/1.1 403 Forbidden\r\n\r\n", "no", "AccessDenied")]
    [InlineData("a challenge without end", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ", "Bearer ", "RegistryUnreachable")]
    public async Task Resolve_AnswerWithoutEnd_IsANamedErrorInBoundedMemory(string what, string start, string again, string errorId)
    {
        byte[] piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again, 1 + (16_000 / again.Length))));
        await using var server = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), stop);
            while (true)
            {
                await stream.WriteAsync(piece, stop);
            }
        });
        long before = GC.GetTotalAllocatedBytes();

        OciException error = await GetErrorAsync(() => ResolveAsync($"{server.Host}/team/app:1").WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.True(error.ErrorId == errorId, $"{what}: {error.ErrorId}: {error.Message}");
        Assert.True(GC.GetTotalAllocatedBytes() - before < 300_000_000, $"{what}: {GC.GetTotalAllocatedBytes() - before}");
    }

    [Fact]
    public async Task Resolve_AByteNowAndThen_IsWaitedForNoLongerThanForTheFirst()
    {
        await using var server = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8.ToArray(), stop);
            await stream.WriteAsync("{"u8.ToArray(), stop);
            await Task.Delay(TimeSpan.FromMinutes(1), stop);
        });

        OciException error = await GetErrorAsync(() => ResolveAsync($"{server.Host}/team/app:1").WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Equal(MostAttempts, server.Asked);
    }

    [Fact]
    public async Task Open_AByteAndThenSilenceEachTime_EndsThoughItComesOn()
    {
        int answers = 0;
        await using var server = new RawServer(async (stream, stop) =>
        {
            int at = Interlocked.Increment(ref answers) - 1;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 206 Partial Content\r\nContent-Length: {1000 - at}\r\nContent-Range: bytes {at}-999/1000\r\n\r\nx"), stop);
            await Task.Delay(TimeSpan.FromMinutes(1), stop);
        });

        OciException error = await GetErrorAsync(() => ReadBlobAsync(server.Host, 1000).WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.InRange(server.Asked, MostAttempts, 2 * MostAttempts);
    }

    [Fact]
    public async Task Open_CutShortWhereOnlyTheConnectionsEndTellsTheBodys_GoesOn()
    {
        byte[] content = Encoding.ASCII.GetBytes(new string('x', 1000));
        int answers = 0;
        await using var server = new RawServer(async (stream, stop) =>
        {
            bool isFirst = Interlocked.Increment(ref answers) == 1;
            string start = isFirst
                ? "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                : "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: bytes 400-999/1000\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), stop);
            await stream.WriteAsync(isFirst ? content[..400] : content[400..], stop);
        });

        Assert.Equal(content, await ReadBlobAsync(server.Host, content.Length));

        Assert.Equal(2, server.Asked);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("{\"manifests\":[")]
    [InlineData("{\"config\":")]
    public async Task Resolve_NestedAThousandDeep_IsInvalidManifest(string open)
    {
        string json = string.Concat(Enumerable.Repeat(open, 1000));
        Registry.Content.PutManifest("team/app", "1", Encoding.UTF8.GetBytes(json), "application/vnd.oci.image.manifest.v1+json");

        Assert.Equal("InvalidManifest", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
    }

    [Fact]
    public async Task Remove_ConfigNestedAThousandDeep_IsInvalidConfigAndNothingIsTagged()
    {
        string config = $$"""{"os":"linux","rootfs":{"diff_ids":[]},"x":{{new string('[', 1000)}}{{new string(']', 1000)}}}""";
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        string manifest = Encoding.UTF8.GetString((await ResolveAsync($"{Host}/team/app:1")).Bytes.Span);
        string digest = Registry.Content.PutBlob("team/app", Encoding.UTF8.GetBytes(config));
        int size = Registry.Content.FindBlob("team/app", image.Config)!.Length;
        Registry.Content.PutManifest(
            "team/app",
            "1",
            Encoding.UTF8.GetBytes(manifest.Replace(
                image.Config,
                digest,
                StringComparison.Ordinal).Replace($"\"size\":{size}", $"\"size\":{config.Length}", StringComparison.Ordinal)),
            "application/vnd.docker.distribution.manifest.v2+json");

        Assert.Equal("InvalidConfig", (await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"))).ErrorId);

        Assert.Empty(Registry.Content.TagsIn("clean/app"));
    }

    private static async Task<byte[]> ReadBlobAsync(string host, int size)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{host}/team/app:1"));
        await using Stream content = await store.OpenBlobAsync(
            new Descriptor("", Digest.FromBytes("x"u8.ToArray()), size), CancellationToken.None);
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return all.ToArray();
    }

    [Theory]
    [InlineData(403, "AccessDenied")]
    [InlineData(500, "RegistryError")]
    public async Task Resolve_ErrorThatIsWrongItself_IsTheStatusesError(int status, string errorId)
    {
        string deep = $$"""{"errors":{{new string('[', 1000)}}""";
        foreach (string body in new[] { deep, """{"errors":[{"code":"\ud800"}]}""", """{"erro\ud800":[]}""", "[1]", "{" })
        {
            Registry.Options.Fault = (_, _) => new RegistryFault("wrong") { Status = status, Body = body };

            Assert.Equal(errorId, (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
        }
    }
}
