// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Peers;

/// <summary>Two layers by GNU tar, with all that an image may have in it: links, owners, attributes, devices, whiteouts.</summary>
internal static class SampleImage
{
    public static readonly string[] Tools = ["tar", "python3", "gzip", "setcap", "setfattr", Tool.Root];

    private const string LowerScript =
        """
        mkdir -p etc/ssl usr/bin usr/lib usr/share/doc/tool dev "$(printf 'n%.0s' $(seq 1 120))"
        echo 'NAME=sample' > etc/os-release
        printf 'secret one\n' > etc/ssl/server.key; chmod 600 etc/ssl/server.key; chown 33:44 etc/ssl/server.key
        seq 1 20000 > usr/lib/big
        printf 'tool\n' > usr/bin/tool; chmod 4755 usr/bin/tool; ln usr/bin/tool usr/bin/tool2; ln usr/bin/tool usr/bin/tool3
        printf 'cap\n' > usr/bin/cap; setcap cap_net_raw+ep usr/bin/cap; ln usr/bin/cap usr/bin/cap2
        setfattr -n user.note -v kept etc/os-release
        seq 1 500 > usr/share/doc/tool/readme; seq 1 10 > usr/share/doc/tool/changes
        ln -s usr/lib lib
        mknod dev/null c 1 3; mkfifo dev/pipe
        printf 'long\n' > "$(printf 'n%.0s' $(seq 1 120))/$(printf 'm%.0s' $(seq 1 130)).key"
        touch -d '2021-02-03 04:05:06' etc/os-release usr/bin/tool
        """;

    private const string UpperScript =
        """
        mkdir -p app etc/ssl usr/share/doc
        printf 'secret two\n' > etc/ssl/server.key
        printf 'run\n' > app/run; chmod 755 app/run; chown 1000:1000 app/run
        printf 'app secret\n' > app/secret.key
        : > usr/share/doc/.wh.tool
        ln app/secret.key app/link-to-secret
        """;

    /// <summary>The layers, base first, as uncompressed tars.</summary>
    public static IReadOnlyList<byte[]> Layers(TemporaryFolder folder, string format) =>
        [Layer(folder, "lower", LowerScript, format), Layer(folder, "upper", UpperScript, format)];

    /// <summary>What Python's tarfile sees in a tar, a line an entry: all that is in its header, and the hash of its content.</summary>
    public static string[] Describe(byte[] tar, TemporaryFolder folder)
    {
        string path = folder.Write($"{Guid.NewGuid():N}.tar", tar);
        const string Script =
            """
            import hashlib, sys, tarfile
            with tarfile.open(sys.argv[1], 'r:') as tar:
                for e in tar:
                    content = hashlib.sha256(tar.extractfile(e).read()).hexdigest() if e.isreg() else '-'
                    pax = {k: v for k, v in e.pax_headers.items() if k not in ('path', 'linkpath')}
                    print(e.name.removeprefix('./'), e.type.decode(), oct(e.mode), e.uid, e.gid, e.size, e.mtime, e.linkname, e.devmajor, e.devminor, sorted(pax.items()), content, sep='\t')
            """;
        return Encoding.UTF8.GetString(Tool.Run("python3", "-c", Script, path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static byte[] Compress(byte[] tar, string how) => how switch
    {
        "none" => tar,
        "gzip" => Tool.Filter(tar, "gzip", "-nc"),
        "members" => Sample.Concat(tar.Chunk(30_000).Select(part => Tool.Filter(part, "gzip", "-nc"))),
        "zstd" => Tool.Filter(tar, "zstd", "-qc"),
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };

    public static byte[] Decompress(byte[] blob, string how) => how switch
    {
        "none" => blob,
        "zstd" => Tool.Filter(blob, "zstd", "-dqc"),
        _ => Tool.Filter(blob, "gzip", "-dc"),
    };

    public static string MediaType(string how) => how switch
    {
        "none" => LayoutBuilder.PlainLayer,
        "zstd" => LayoutBuilder.ZstdLayer,
        _ => LayoutBuilder.GzipLayer,
    };

    /// <summary>Writes the image into a layout.</summary>
    public static string Write(TemporaryFolder folder, string name, string compression, string format = "gnu")
    {
        var layout = new LayoutBuilder(Directory.CreateDirectory(folder[name]).FullName);
        foreach (byte[] tar in Layers(folder, format))
        {
            layout.Add(tar, Compress(tar, compression), MediaType(compression));
        }

        return layout.Write("1");
    }

    private static byte[] Layer(TemporaryFolder folder, string name, string script, string format)
    {
        string root = Directory.CreateDirectory(folder[$"{name}-{Guid.NewGuid():N}"]).FullName;
        Tool.Shell(root, script);
        string[] attributes = format == "posix" ? ["--xattrs", "--xattrs-include=*"] : [];
        return Tool.RunIn(
            root, "tar", ["--create", "--file=-", $"--format={format}", "--sort=name", "--numeric-owner", .. attributes, "."]);
    }
}
