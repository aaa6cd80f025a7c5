// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace OciPS.Tests.Support;

/// <summary>Makes tar files, entry by entry.</summary>
internal sealed class TarBuilder
{
    public const UnixFileMode DefaultMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode ExecutableMode =
        DefaultMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly List<GnuTarEntry> _entries = [];

    /// <summary>When the entries were changed last.</summary>
    public static DateTimeOffset Time { get; } = new(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);

    public TarBuilder File(string name, string content, UnixFileMode mode = DefaultMode) =>
        File(name, Encoding.UTF8.GetBytes(content), mode);

    public TarBuilder File(string name, byte[] content, UnixFileMode mode = DefaultMode) =>
        Add(new GnuTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = mode,
            DataStream = new MemoryStream(content),
        });

    public TarBuilder Folder(string name) => Add(new GnuTarEntry(TarEntryType.Directory, name + "/") { Mode = ExecutableMode });

    public TarBuilder Link(string name, string target) =>
        Add(new GnuTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, Mode = ExecutableMode });

    public TarBuilder HardLink(string name, string target) =>
        Add(new GnuTarEntry(TarEntryType.HardLink, name) { LinkName = target, Mode = DefaultMode });

    public TarBuilder Fifo(string name) => Add(new GnuTarEntry(TarEntryType.Fifo, name) { Mode = DefaultMode });

    /// <summary>A mark that a file of a lower layer is removed.</summary>
    public TarBuilder Whiteout(string name) =>
        File(name[..(name.LastIndexOf('/') + 1)] + ".wh." + name[(name.LastIndexOf('/') + 1)..], string.Empty);

    /// <summary>A mark that a folder has nothing of what it has in lower layers.</summary>
    public TarBuilder Opaque(string folder) => File(folder + "/.wh..wh..opq", string.Empty);

    public byte[] ToBytes()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (GnuTarEntry entry in _entries)
            {
                if (entry.DataStream is { } content)
                {
                    content.Position = 0;
                }

                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private TarBuilder Add(GnuTarEntry entry)
    {
        entry.ModificationTime = Time;
        entry.Uid = 1000;
        entry.Gid = 100;
        _entries.Add(entry);
        return this;
    }
}
