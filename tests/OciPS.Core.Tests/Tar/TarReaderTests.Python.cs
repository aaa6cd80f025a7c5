// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    // With argument 1 the format; what it cannot hold is left out.
    private const string MakeWithPython = """
        import io, sys, tarfile
        form = {'ustar': tarfile.USTAR_FORMAT, 'gnu': tarfile.GNU_FORMAT, 'pax': tarfile.PAX_FORMAT}[sys.argv[1]]
        everything = form != tarfile.USTAR_FORMAT
        out = io.BytesIO()
        archive = tarfile.open(fileobj=out, mode='w', format=form, encoding='utf-8', errors='surrogateescape')
        def add(name, kind=tarfile.REGTYPE, data=b'', **fields):
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(data)
            for field, value in fields.items():
                setattr(member, field, value)
            archive.addfile(member, io.BytesIO(data))
        add('dir', tarfile.DIRTYPE, mode=0o755, mtime=1700000000)
        add('dir/', tarfile.DIRTYPE)
        add('old-style-dir/', tarfile.AREGTYPE)
        add('dir/file', data=b'hello' * 1000, mode=0o4711, uid=1000, gid=2097151, uname='söme', gname='gröup')
        add('dir/file', data=b'again')
        add('old', tarfile.AREGTYPE, b'old regular')
        add('contiguous', tarfile.CONTTYPE, b'contiguous')
        add('unknown', b'Z', b'something else')
        add('hard', tarfile.LNKTYPE, linkname='dir/file')
        add('soft', tarfile.SYMTYPE, linkname='../dir//file')
        add('chr', tarfile.CHRTYPE, devmajor=1, devminor=3)
        add('blk', tarfile.BLKTYPE, devmajor=8, devminor=17)
        add('fifo', tarfile.FIFOTYPE)
        add('./dot/./name', data=b'1')
        add('up/../name', data=b'2')
        add('/absolute', data=b'3')
        add('.wh.gone')
        add('dir/.wh..wh..opq')
        add('p' * 100 + '/' + 'n' * 100, data=b'prefix')
        add('umlaut-ä-日', data=b'4')
        if everything:
            add('q' * 300, data=b'long')
            add('r' * 101 + '/', tarfile.DIRTYPE)
            add('to-long', tarfile.SYMTYPE, linkname='t' * 400)
            add('s' * 300, tarfile.LNKTYPE, linkname='q' * 300)
            add('big-ids', uid=2**32 - 2, gid=2**31, mtime=2**34)
            add('raw-\udcff\udc80', data=b'5')
            add('raw-link', tarfile.SYMTYPE, linkname='\udce4')
        if form == tarfile.PAX_FORMAT:
            add('fraction', mtime=1700000000.25)
            add('before', mtime=-1.5)
            add('records', pax_headers={'comment': 'ä' * 600, 'SCHILY.xattr.user.x': 'value\nwith\nlines', 'x.y': '=='})
        if form == tarfile.GNU_FORMAT:
            add('before', mtime=-5)
        archive.close()
        sys.stdout.buffer.write(out.getvalue())
        """;

    [PeerTheory("python3", "tar")]
    [InlineData("ustar", 20)]
    [InlineData("gnu", 28)]
    [InlineData("pax", 30)]
    public async Task ReadAsync_PythonsFormats_AreReadAsOthersDo(string format, int count)
    {
        byte[] archive = Tool.Run("python3", "-c", MakeWithPython, format);

        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(archive);

        Assert.Equal(count, items.Count);
        Assert.Equal(count, TarPeer.GnuNames(archive).Length);
    }

    [PeerFact("python3")]
    public async Task ReadAsync_GlobalHeaders_HoldUntilTheNextOne()
    {
        byte[] archive = Tool.Run("python3", "-c", """
            import io, sys, tarfile
            out = io.BytesIO()
            for headers, names in (({'mtime': '1234.5', 'uid': '77', 'comment': 'x'}, 'ab'), ({'mtime': '99', 'gid': '5'}, 'cd')):
                part = io.BytesIO()
                archive = tarfile.open(fileobj=part, mode='w', format=tarfile.PAX_FORMAT, pax_headers=headers)
                for name in names:
                    member = tarfile.TarInfo(name)
                    member.size, member.mtime = 3, 5
                    member.pax_headers = {'gid': '8'} if name == 'd' else {}
                    archive.addfile(member, io.BytesIO(name.encode() * 3))
                out.write(part.getvalue()[:archive.offset])
            out.write(bytes(1024))
            sys.stdout.buffer.write(out.getvalue())
            """);

        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(archive);

        Assert.Equal(
            [(77L, 0L, 12_345_000_000L), (77, 0, 12_345_000_000), (77, 5, 990_000_000), (77, 8, 990_000_000)],
            items.Select(item => (item.Uid, item.Gid, item.Ticks)));
        List<TarEntry> entries = await TarItem.ReadEntriesAsync(new MemoryStream(archive));
        Assert.Equal(["x", "x", "x", "x"], entries.Select(entry => entry.Global.Find("comment")));
        Assert.Equal([null, null, "5", "5"], entries.Select(entry => entry.Global.Find("gid")));
        Assert.Equal([1024, 2048], entries.Take(2).Select(entry => entry.Start));
    }

    [PeerFact("python3", "tar", "git")]
    public async Task ReadAsync_GitsArchive_IsReadAsOthersDo()
    {
        using TemporaryFolder folder = Make($"""
            git init -q . && git config user.name t && git config user.email t@example.com
            mkdir -p dir/{new string('d', 120)}
            printf hello > dir/{new string('d', 120)}/file
            printf x > plain; chmod 755 plain; ln -s plain link; ln -s {new string('t', 150)} long-link
            git add -A && git -c commit.gpgsign=false commit -q -m first
            """);
        byte[] archive = Tool.RunIn(folder.Path, "git", "archive", "--format=tar", "--prefix=top/", "HEAD");

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(archive);

        Assert.Equal(7, items.Count);
        Assert.Equal(1024, items[0].Start);
        TarEntry first = (await TarItem.ReadEntriesAsync(new MemoryStream(archive)))[0];
        Assert.Matches("^[0-9a-f]{40}$", first.Global.Find("comment"));
    }

    [PeerFact("python3")]
    public async Task ReadAsync_MoreThan8GiB_IsTheSizeThatIsStated()
    {
        byte[] headers = Tool.Run("python3", "-c", """
            import sys, tarfile
            for form, size in ((tarfile.GNU_FORMAT, 8 * 2**30), (tarfile.PAX_FORMAT, 2**40 + 5), (tarfile.GNU_FORMAT, 2**59)):
                member = tarfile.TarInfo('large')
                member.size = size
                sys.stdout.buffer.write(member.tobuf(form).ljust(1536, b'\0'))
            """);

        Assert.Equal(8L << 30, await SizeAsync(headers[..512]));
        Assert.Equal((1L << 40) + 5, await SizeAsync(headers[1536..3072]));
        Assert.Equal(1L << 59, await SizeAsync(headers[3072..3584]));

        static async Task<long> SizeAsync(byte[] archive)
        {
            using var reader = new TarReader(new MemoryStream(archive), "The layer");
            TarEntry entry = (await reader.ReadAsync(CancellationToken.None))!;
            Assert.Equal("large", entry.Name);
            Assert.Equal(entry.Size, entry.StoredSize);
            Assert.Equal("InvalidTar", (await Assert.ThrowsAsync<InvalidContentException>(
                async () => await reader.ReadAsync(CancellationToken.None))).ErrorId);
            return entry.Size;
        }
    }
}
