// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Tar;

namespace OciPS.Core.Tests.Support;

/// <summary>What is in a tar, a line an entry, as our reader sees it and as others do.</summary>
internal static class TarDump
{
    // Names are given as bytes in hexadecimal digits; times as whole seconds, since Python has them as floating-point numbers.
    private const string Script =
        """
        import hashlib, math, os, sys, tarfile
        def clean(name):
            parts = []
            for part in name.split('/'):
                if part == '..':
                    parts = parts[:-1]
                elif part not in ('', '.'):
                    parts.append(part)
            return '/'.join(parts)
        def text(name):
            return name.encode('utf-8', 'surrogateescape').hex()
        def type(e):
            return ('Directory' if e.isdir() else 'SymbolicLink' if e.issym() else 'HardLink' if e.islnk() else 'CharacterDevice' if e.ischr()
                    else 'BlockDevice' if e.isblk() else 'Fifo' if e.isfifo() else 'File')
        with tarfile.open(name=sys.argv[1], mode='r:', encoding='utf-8', errors='surrogateescape') as tar:
            for e in tar:
                content = hashlib.sha256(tar.extractfile(e).read()).hexdigest() if e.isreg() else '-'
                link = text(e.linkname) if e.islnk() or e.issym() else ''
                size = e.size if e.isreg() else 0
                print(text(clean(e.name)), type(e), size, e.mode & 0o7777, e.uid, e.gid, math.floor(e.mtime), link, content, e.offset, e.offset_data, sep='|')
        """;

    /// <summary>What Python's tarfile sees.</summary>
    public static string[] Python(byte[] tar) => Lines(WithFile(tar, path => Tool.Run("python3", "-c", Script, path)));

    /// <summary>What GNU tar writes when it reads an archive; from a file, since it closes a pipe at the end marker.</summary>
    public static byte[] GnuTar(ReadOnlyMemory<byte> tar, string action, params string[] arguments) =>
        WithFile(tar, path => Tool.Run("tar", [action, path, .. arguments]));

    /// <summary>What our reader sees.</summary>
    public static async Task<string[]> Ours(byte[] tar, bool oneByte = false)
    {
        var lines = new List<string>();
        foreach ((TarEntry entry, byte[] content) in await Read(tar, oneByte))
        {
            lines.Add(string.Join(
                '|',
                Hex(entry.Name),
                entry.Type,
                entry.Size,
                entry.Mode,
                entry.Uid,
                entry.Gid,
                entry.LastWriteTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                Hex(entry.LinkTarget),
                entry.Type == TarEntryType.File ? Sample.Hash(content) : "-",
                entry.Start,
                entry.ContentStart + entry.MapLength));
        }

        return [.. lines];
    }

    /// <summary>The entries with their content.</summary>
    public static async Task<IReadOnlyList<(TarEntry Entry, byte[] Content)>> Read(byte[] tar, bool oneByte = false)
    {
        var entries = new List<(TarEntry, byte[])>();
        using Stream stream = oneByte ? new OneByteStream(tar) : new MemoryStream(tar);
        using var reader = new TarReader(stream, "The test's tar");
        while (await reader.ReadAsync(CancellationToken.None) is { } entry)
        {
            using var content = new MemoryStream();
            using (Stream source = reader.OpenContent())
            {
                await source.CopyToAsync(content);
            }

            entries.Add((entry, content.ToArray()));
        }

        return entries;
    }

    /// <summary>The names that <c>tar -t</c> lists.</summary>
    public static string[] List(ReadOnlyMemory<byte> tar) => Lines(GnuTar(tar, "-tf"));

    /// <summary>The lines of <c>tar -tv</c> with numbers for owners and exact times.</summary>
    public static string[] ListVerbose(ReadOnlyMemory<byte> tar) =>
        Lines(GnuTar(tar, "-tvf", "--numeric-owner", "--full-time", "--quoting-style=escape"));

    private static string[] Lines(byte[] text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] WithFile(ReadOnlyMemory<byte> tar, Func<string, byte[]> use)
    {
        using var folder = new TemporaryFolder();
        return use(folder.Write("archive.tar", tar.Span));
    }

    private static string Hex(string name) => Convert.ToHexStringLower(TarText.Encode(name));
}
