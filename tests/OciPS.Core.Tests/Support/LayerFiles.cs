// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Core.Tests.Support;

/// <summary>A layer of some megabytes that Python writes, and what Python reads out of it.</summary>
internal static class LayerFiles
{
    /// <summary>Writes files of many sizes, one sparse, a link and one at either end.</summary>
    public const string Write = """
        import io, random, sys, tarfile
        random.seed(7)
        archive = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.PAX_FORMAT)
        def add(name, content, **headers):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.pax_headers = headers
            archive.addfile(info, io.BytesIO(content))
        add('first', b'first')
        for number in range(40):
            size = random.choice([0, 1, 500, 512, 3000, 70000, 400000, 1500000])
            words = [b'%x' % random.getrandbits(40) for _ in range(300)]
            content = random.randbytes(size) if number % 5 == 0 else b' '.join(random.choices(words, k=size // 8 + 1))[:size]
            add('usr/file%02d' % number, content)
        add('holes', b'2\n1000\n5\n900000\n6\n'.ljust(512, b'\0') + b'begin' + b'ending',
            **{'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'holes', 'GNU.sparse.realsize': '1000000'})
        link = tarfile.TarInfo('link')
        link.type, link.linkname = tarfile.LNKTYPE, 'first'
        archive.addfile(link)
        add('last', b'last!')
        archive.close()
        """;

    private const string Hashes = """
        import hashlib, json, sys, tarfile
        with tarfile.open(sys.argv[1]) as archive:
            print(json.dumps({m.name: hashlib.sha256(archive.extractfile(m).read()).hexdigest() for m in archive if m.isfile()}))
        """;

    /// <summary>The SHA-256 of each file's content.</summary>
    public static IReadOnlyDictionary<string, string> Read(string archive) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(Tool.Run("python3", "-c", Hashes, archive))!;
}
