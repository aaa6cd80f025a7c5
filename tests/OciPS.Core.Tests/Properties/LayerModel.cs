// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Text;
using CsCheck;

namespace OciPS.Core.Tests.Properties;

/// <summary>The file system that layers make, as simple as can be: .NET's reader, and a table of names.</summary>
internal static class LayerModel
{
    private static readonly string[] s_names = ["a", "b", "c", "d/a", "d/b", "d/e/a", "d/e/b"];

    private static readonly Gen<(char Kind, string Name, string Target, int Content)> s_entry =
        Gen.Select(Gen.Char["00001112w"], Gen.OneOf(s_names), Gen.OneOf([.. s_names, "nowhere"]), Gen.Int[0, 100_000]);

    /// <summary>Layers of files, links and whiteouts, with names that come up again and again.</summary>
    public static Gen<byte[][]> Layers { get; } =
        Gen.Select(s_entry.Array[0, 8], Gen.OneOf(TarEntryFormat.Pax, TarEntryFormat.Gnu, TarEntryFormat.Ustar), Write).Array[1, 4];

    public static Gen<string[]> Removed { get; } = Gen.OneOf(s_names).HashSet[1, 4].Select(names => names.ToArray());

    /// <summary>
    /// What each name is in the end: a file's content and mode, or what a link names. Hard links are the file that they name at their
    /// place.
    /// </summary>
    public static SortedDictionary<string, string> Flatten(IEnumerable<byte[]> layers)
    {
        var view = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (byte[] layer in layers)
        {
            var mine = new HashSet<string>();
            using var reader = new TarReader(new MemoryStream(layer));
            while (reader.GetNextEntry() is { } entry)
            {
                string folder = entry.Name[..(entry.Name.LastIndexOf('/') + 1)];
                string name = entry.Name[folder.Length..];
                if (name.StartsWith(".wh.", StringComparison.Ordinal))
                {
                    // A whiteout is about the layers below.
                    if (!mine.Contains(folder + name[4..]))
                    {
                        view.Remove(folder + name[4..]);
                    }

                    continue;
                }

                mine.Add(entry.Name);
                view[entry.Name] = entry.EntryType switch
                {
                    TarEntryType.HardLink => view.GetValueOrDefault(entry.LinkName, "dangling"),
                    TarEntryType.SymbolicLink => $"-> {entry.LinkName}",
                    _ => $"{entry.Mode} {Read(entry)}",
                };
            }
        }

        return view;
    }

    /// <summary>The names in a layer, each as often as it is there.</summary>
    public static IEnumerable<string> Names(byte[] layer)
    {
        using var reader = new TarReader(new MemoryStream(layer));
        while (reader.GetNextEntry() is { } entry)
        {
            yield return entry.Name;
        }
    }

    private static string Read(TarEntry entry) => entry.DataStream is { } content ? new StreamReader(content).ReadToEnd() : "";

    private static byte[] Write((char Kind, string Name, string Target, int Content)[] entries, TarEntryFormat format)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach ((char kind, string name, string target, int content) in entries)
            {
                writer.WriteEntry(Make(kind, name, target, content, format));
            }
        }

        return bytes.ToArray();
    }

    private static TarEntry Make(char kind, string name, string target, int content, TarEntryFormat format)
    {
        int slash = name.LastIndexOf('/') + 1;
        TarEntry entry = New(kind switch
        {
            '1' => TarEntryType.HardLink,
            '2' => TarEntryType.SymbolicLink,
            _ => TarEntryType.RegularFile,
        }, kind == 'w' ? $"{name[..slash]}.wh.{name[slash..]}" : name, format);
        entry.Mode = (UnixFileMode)(content % 512);
        if (kind is '1' or '2')
        {
            entry.LinkName = target;
        }
        else if (kind == '0')
        {
            entry.DataStream = new MemoryStream(
                Encoding.ASCII.GetBytes(new string((char)('a' + (content % 26)), content % 1500) + content));
        }

        return entry;
    }

    private static TarEntry New(TarEntryType type, string name, TarEntryFormat format) => format switch
    {
        TarEntryFormat.Ustar => new UstarTarEntry(type, name),
        TarEntryFormat.Gnu => new GnuTarEntry(type, name),
        _ => new PaxTarEntry(type, name),
    };
}
