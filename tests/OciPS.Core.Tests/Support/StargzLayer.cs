// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>An eStargz layer, put together by Python as the specification says.</summary>
internal sealed record StargzLayer(byte[] Blob, string TocDigest, string DiffId)
{
    private const string Script = """
        import gzip, hashlib, io, json, random, sys, tarfile, zlib
        random.seed(3)
        chunk_size = 300000
        blob, raw, entries, pending = bytearray(), hashlib.sha256(), [], bytearray()
        def member(data):
            raw.update(data)
            return gzip.compress(bytes(data), 6, mtime=0)
        def flush():
            global pending
            if pending:
                blob.extend(member(pending))
                pending = bytearray()
        def sha(data):
            return 'sha256:' + hashlib.sha256(data).hexdigest()
        def add(name, kind, content=b'', link='', mode=0o644):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size, info.mode, info.mtime, info.uid = kind, link, len(content), mode, 1500000000, 7
            pending.extend(info.tobuf(tarfile.PAX_FORMAT))
            names = {tarfile.REGTYPE: 'reg', tarfile.DIRTYPE: 'dir', tarfile.SYMTYPE: 'symlink', tarfile.LNKTYPE: 'hardlink', tarfile.FIFOTYPE: 'fifo'}
            entry = dict(name=name + ('/' if kind == tarfile.DIRTYPE else ''), type=names[kind], modtime='2017-07-14T02:40:00Z', mode=mode, uid=7, NumLink=0)
            if link:
                entry['linkName'] = link
            entries.append(entry)
            if not content:
                return
            flush()
            entry.update(size=len(content), digest=sha(content))
            for at in range(0, len(content), chunk_size):
                piece = content[at:at + chunk_size]
                last = at + chunk_size >= len(content)
                if at:
                    flush()
                    entry = dict(name=name, type='chunk', chunkOffset=at, NumLink=0)
                    entries.append(entry)
                entry.update(offset=len(blob), chunkDigest=sha(piece))
                if not last:
                    entry['chunkSize'] = len(piece)
                pending.extend(piece)
            pending.extend(b'\0' * (-len(content) % 512))
        add('.no.prefetch.landmark', tarfile.REGTYPE, b'\x0f')
        add('etc', tarfile.DIRTYPE, mode=0o755)
        add('etc/first', tarfile.REGTYPE, b'first')
        add('etc/empty', tarfile.REGTYPE)
        for number in range(30):
            add('usr/' + 'n' * (number * 5 + 1) + '/file%02d' % number, tarfile.REGTYPE, random.randbytes(random.choice([1, 511, 512, 60000, 299999, 300000, 300001, 900000])))
        add('etc/symbolic', tarfile.SYMTYPE, link='first', mode=0o777)
        add('etc/hard', tarfile.LNKTYPE, link='etc/first')
        add('etc/pipe', tarfile.FIFOTYPE)
        add('etc/.wh.gone', tarfile.REGTYPE)
        add('last', tarfile.REGTYPE, b'last!')
        flush()
        toc = json.dumps(dict(version=1, entries=entries), indent=1).encode()
        at = len(blob)
        info = tarfile.TarInfo('stargz.index.json')
        info.size = len(toc)
        blob.extend(member(info.tobuf(tarfile.PAX_FORMAT) + toc + b'\0' * (-len(toc) % 512) + b'\0' * 1024))
        blob.extend(b'\x1f\x8b\x08\x04' + b'\0' * 4 + b'\0\xff' + b'\x1a\0SG\x16\0' + b'%016xSTARGZ' % at + b'\x01\0\0\xff\xff' + b'\0' * 8)
        open(sys.argv[1], 'wb').write(blob)
        print(json.dumps([sha(toc), 'sha256:' + raw.hexdigest()]))
        """;

    private const string List = """
        import json, sys, tarfile
        kinds = {tarfile.REGTYPE: 'File', tarfile.DIRTYPE: 'Directory', tarfile.SYMTYPE: 'SymbolicLink', tarfile.LNKTYPE: 'HardLink', tarfile.FIFOTYPE: 'Fifo'}
        with tarfile.open(sys.argv[1]) as archive:
            print(json.dumps(['%s %s %d %o %d %d %s' % (
                m.name, 'Whiteout' if '/.wh.' in m.name else kinds[m.type], m.size if m.isfile() else 0, m.mode, m.uid, m.mtime, m.linkname) for m in archive]))
        """;

    public static StargzLayer Create(TemporaryFolder folder)
    {
        string path = folder["stargz"];
        string[] digests = JsonSerializer.Deserialize<string[]>(Tool.Run("python3", "-c", Script, path))!;
        return new StargzLayer(File.ReadAllBytes(path), digests[0], digests[1]);
    }

    /// <summary>What tarfile finds in a layer: one line for each entry.</summary>
    public static string[] Describe(string path) => JsonSerializer.Deserialize<string[]>(Tool.Run("python3", "-c", List, path))!;

    /// <summary>Pushes it as the image <c>team/app:1</c> of one layer, and gives its digest.</summary>
    /// <param name="registry">Where to.</param>
    /// <param name="toc">The digest that the manifest names; null for none, an empty one for the right one.</param>
    /// <param name="cut">How much is missing at the end.</param>
    public string Push(RegistryServer registry, string? toc = "", int cut = 0)
    {
        byte[] blob = Blob[..^cut];
        string digest = registry.Content.PutBlob("team/app", blob);
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{DiffId}}"] } }""");
        string configDigest = registry.Content.PutBlob("team/app", config);
        string annotations = toc is null
            ? "{}"
            : $$"""{"containerd.io/snapshot/stargz/toc.digest":"{{(toc.Length == 0 ? TocDigest : toc)}}"}""";
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{LayoutImages.ManifestType}}",
            "config":{"mediaType":"{{LayoutImages.ConfigType}}","digest":"{{configDigest}}","size":{{config.Length}}},
            "layers":[{"mediaType":"{{LayoutImages.LayerType}}","digest":"{{digest}}","size":{{blob.Length}},"annotations":{{annotations}}}]}
            """);
        registry.Content.PutManifest("team/app", "1", manifest, LayoutImages.ManifestType);
        return digest;
    }
}
