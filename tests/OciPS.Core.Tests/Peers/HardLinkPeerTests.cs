// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>
/// Hard links that no file system writes into a tar by itself: across layers, chained, dangling; written and read by Python.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class HardLinkPeerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact("python3")]
    public async Task Remove_TargetInALowerLayer_FirstLinkTakesItOverAndLaterOnesLinkToIt()
    {
        Write(
            "f('a/secret', b'SECRET', mode=0o600, uid=7, xattr='kept')", "h('b/one', 'a/secret'); h('b/two', './a/secret'); f('c', b'c')");

        RewrittenImage image = await RemoveAsync("a/secret");

        Assert.Equal([[], ["b/one 0 SECRET 0o600 7 kept", "b/two 1 ./b/one", "c 0 c 0o644 0 -"]], Read());
        Assert.Equal("b/one", Assert.Single(image.PromotedFiles).Entry.Name);
        Assert.Equal(2, image.RewrittenLayers.Count);
    }

    [PeerFact("python3")]
    public async Task Remove_ChainOfLinks_EndsAtTheContent()
    {
        Write("f('a', b'A'); h('b', 'a'); h('c', 'b'); h('d', 'c')");

        await RemoveAsync("a", "b");

        Assert.Equal([["c 0 A 0o644 0 -", "d 1 c"]], Read());
    }

    [PeerFact("python3")]
    public async Task Remove_LinkInTheMiddleOfAChain_RelinksToWhatIsKept()
    {
        Write("f('a', b'A'); h('b', 'a'); h('c', 'b')");

        RewrittenImage image = await RemoveAsync("b");

        Assert.Equal([["a 0 A 0o644 0 -", "c 1 a"]], Read());
        Assert.Empty(image.PromotedFiles);
    }

    [PeerFact("python3")]
    public async Task Remove_NameThatIsThereTwice_LinksFollowTheLastOneBeforeThem()
    {
        Write("f('a', b'OLD'); h('one', 'a'); f('a', b'NEW'); h('two', 'a')");

        await RemoveAsync("a");

        Assert.Equal([["one 0 OLD 0o644 0 -", "two 0 NEW 0o644 0 -"]], Read());
    }

    [PeerFact("python3")]
    public async Task Remove_HolderIsHiddenBeforeTheNextLink_TheContentIsTakenOverAgain()
    {
        Write("f('a', b'A'); h('one', 'a'); f('one', b'other'); h('two', 'a')");

        await RemoveAsync("a");

        Assert.Equal([["one 0 A 0o644 0 -", "one 0 other 0o644 0 -", "two 0 A 0o644 0 -"]], Read());
    }

    [PeerFact("python3")]
    public async Task Remove_LinkThatDangledBefore_StaysWithAWarning()
    {
        Write("h('lost', 'nowhere'); f('a', b'A')");
        var log = new RecordingLog();

        RewrittenImage image = await RemoveAsync(log, "a");

        Assert.Equal([["lost 1 nowhere"]], Read());
        Assert.True(image.Published.Changed);
        Assert.Contains(log.Warnings, warning => warning.Contains("'lost'", StringComparison.Ordinal));
    }

    [PeerFact("python3")]
    public async Task Remove_TargetHiddenByAWhiteout_IsNotTheLinksTarget()
    {
        Write("f('a', b'A')", "f('.wh.a', b'')", "h('late', 'a')");

        await RemoveAsync("a");

        Assert.Equal([[], [".wh.a 0  0o644 0 -"], ["late 1 a"]], Read());
    }

    [PeerFact("python3")]
    public async Task Remove_LongNames_AreTakenOverInPaxAndGnu()
    {
        string name = string.Join('/', Enumerable.Repeat(new string('x', 60), 4));
        foreach (string format in new[] { "PAX_FORMAT", "GNU_FORMAT" })
        {
            Write($"FORMAT = tarfile.{format}; f('a', b'A'); h('{name}', 'a'); h('{name}2', 'a')");

            await RemoveAsync("a");

            Assert.Equal([[$"{name} 0 A 0o644 0 -", $"{name}2 1 {name}"]], Read());
        }
    }

    private void Write(params string[] layers)
    {
        const string Prelude =
            """
            import io, sys, tarfile
            out = io.BytesIO(); entries = []; FORMAT = tarfile.PAX_FORMAT
            def f(name, data, mode=0o644, uid=0, xattr=None):
                i = tarfile.TarInfo(name); i.size = len(data); i.mode = mode; i.uid = uid; i.mtime = 1000
                if xattr: i.pax_headers = {'SCHILY.xattr.user.note': xattr}
                entries.append((i, data))
            def h(name, target):
                i = tarfile.TarInfo(name); i.type = tarfile.LNKTYPE; i.linkname = target; i.mtime = 1000
                entries.append((i, None))

            """;
        const string Coda =
            """

            with tarfile.open(fileobj=out, mode='w', format=FORMAT) as t:
                for i, data in entries: t.addfile(i, io.BytesIO(data) if data is not None else None)
            sys.stdout.buffer.write(out.getvalue())
            """;
        Directory.CreateDirectory(_folder["in"]);
        var layout = new LayoutBuilder(_folder["in"]);
        foreach (string layer in layers)
        {
            byte[] tar = Tool.Run("python3", "-c", Prelude + layer + Coda);
            layout.Add(tar, tar, LayoutBuilder.PlainLayer);
        }

        layout.Write("1");
    }

    private Task<RewrittenImage> RemoveAsync(params string[] paths) => RemoveAsync(new RecordingLog(), paths);

    private Task<RewrittenImage> RemoveAsync(RecordingLog log, params string[] paths) =>
        TestImages.RemoveAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath(paths, [], recurse: false), log);

    /// <summary>
    /// The layers of the new image: of each entry name, type, and content, mode, owner and attribute or what it links to.
    /// </summary>
    private string[][] Read()
    {
        const string Script =
            """
            import sys, tarfile
            with tarfile.open(sys.argv[1], 'r:') as t:
                for e in t:
                    if e.islnk(): print(e.name, 1, e.linkname)
                    else: print(e.name, 0, t.extractfile(e).read().decode(), oct(e.mode), e.uid, e.pax_headers.get('SCHILY.xattr.user.note', '-'))
            """;
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(_folder["out/index.json"]));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Blob(index.RootElement.GetProperty("manifests")[0])));
        return manifest.RootElement.GetProperty("layers").EnumerateArray()
            .Select(layer => Tool.RunText("python3", "-c", Script, Blob(layer)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
    }

    private string Blob(JsonElement descriptor) =>
        _folder["out/blobs/sha256/" + descriptor.GetProperty("digest").GetString()!["sha256:".Length..]];
}
