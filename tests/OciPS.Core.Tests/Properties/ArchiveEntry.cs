// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using CsCheck;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Properties;

/// <summary>
/// An entry as any writer of archives is told of it; its kind is that of a header: 0 file, 1 hard link, 2 symbolic link, 5 directory, 6
/// pipe.
/// </summary>
internal sealed record ArchiveEntry(char Kind, string Name, string Link, byte[] Content, int Mode, int Uid, int Gid, long Seconds)
{
    private static readonly Gen<string> s_part = Gen.OneOf(
        Gen.String[Gen.Char["abcé☃ +%~"], 1, 12].Select(name => name + "x"),
        Gen.String[Gen.Char["ab"], 90, 110],
        Gen.String[Gen.Char["n"], 1, 255]);

    private static readonly Gen<string> s_name = s_part.Array[1, 4].Select(parts => string.Join('/', parts));

    /// <summary>Entries for formats that say everything (pax, GNU).</summary>
    public static Gen<ArchiveEntry> Any { get; } = Gen.Select(
        Gen.Char["0001256"],
        s_name,
        s_name,
        Gen.Byte.Array[0, 1500],
        Gen.Int[0, 0xFFF],
        Gen.Int[0, int.MaxValue],
        Gen.Int[0, int.MaxValue],
        Gen.Long[0, 20_000_000_000])
        .Select(fields => new ArchiveEntry(
            fields.Item1, fields.Item2, fields.Item1 is '1' or '2'
                ? fields.Item3
                : "", fields.Item1 == '0'
                ? fields.Item4
                : [], fields.Item5, fields.Item6, fields.Item7, fields.Item8));

    /// <summary>Entries for formats that say little (ustar, V7).</summary>
    public static Gen<ArchiveEntry> Short { get; } = Gen.Select(
        Any, Gen.String[Gen.Char["abc/d"], 1, 40], Gen.Int[0, 0x1FFFFF], Gen.Long[0, 0x1FFFFFFFF])
        .Select((entry, name, id, seconds) => entry with
        {
            Kind = entry.Kind == '6' ? '0' : entry.Kind,
            Name = $"a{name}b",
            Link = entry.Link.Length > 0 ? name : "",
            Uid = id,
            Gid = id / 2,
            Seconds = seconds,
        });

    /// <summary>How the reader has to see it, where it stands aside.</summary>
    public string Expected => string.Join(
        '|', Kind, OciPS.Tar.TarPath.Clean(Name), Link, Content.Length, Mode, Uid, Gid, Seconds, Sample.Hash(Content));

    public static string Describe(OciPS.Tar.TarEntry entry, byte[] content) => string.Join(
        '|',
        GetKind(entry.Type),
        entry.Name,
        entry.LinkTarget,
        entry.Size,
        entry.Mode,
        entry.Uid,
        entry.Gid,
        entry.LastWriteTime.ToUnixTimeSeconds(),
        Sample.Hash(content));

    /// <summary>Has .NET write an archive.</summary>
    public static byte[] Write(IEnumerable<ArchiveEntry> entries, TarEntryFormat format)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (ArchiveEntry one in entries)
            {
                writer.WriteEntry(one.ToEntry(format));
            }
        }

        return bytes.ToArray();
    }

    private static char GetKind(OciPS.Tar.TarEntryType type) => type switch
    {
        OciPS.Tar.TarEntryType.File => '0',
        OciPS.Tar.TarEntryType.HardLink => '1',
        OciPS.Tar.TarEntryType.SymbolicLink => '2',
        OciPS.Tar.TarEntryType.Directory => '5',
        OciPS.Tar.TarEntryType.Fifo => '6',
        _ => '?',
    };

    private System.Formats.Tar.TarEntry ToEntry(TarEntryFormat format)
    {
        TarEntryType type = Kind switch
        {
            '1' => TarEntryType.HardLink,
            '2' => TarEntryType.SymbolicLink,
            '5' => TarEntryType.Directory,
            '6' => TarEntryType.Fifo,
            _ => format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile,
        };
        System.Formats.Tar.TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, Name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, Name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, Name),
            _ => new PaxTarEntry(type, Name),
        };
        entry.Mode = (UnixFileMode)Mode;
        entry.Uid = Uid;
        entry.Gid = Gid;
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Seconds);
        if (Link.Length > 0)
        {
            entry.LinkName = Link;
        }

        if (Kind == '0')
        {
            entry.DataStream = new MemoryStream(Content);
        }

        return entry;
    }
}
