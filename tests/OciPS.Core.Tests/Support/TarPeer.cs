// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OciPS.Tar;

namespace OciPS.Core.Tests.Support;

/// <summary>What Python's tarfile and GNU tar find in an archive.</summary>
internal static partial class TarPeer
{
    private const string List = """
        import decimal, hashlib, json, posixpath, sys, tarfile
        types = {tarfile.REGTYPE: 'File', tarfile.AREGTYPE: 'File', tarfile.CONTTYPE: 'File', tarfile.GNUTYPE_SPARSE: 'File',
                 tarfile.DIRTYPE: 'Directory', tarfile.SYMTYPE: 'SymbolicLink', tarfile.LNKTYPE: 'HardLink',
                 tarfile.CHRTYPE: 'CharacterDevice', tarfile.BLKTYPE: 'BlockDevice', tarfile.FIFOTYPE: 'Fifo'}
        def hexed(text):
            return text.encode('utf-8', 'surrogateescape').hex()
        def seconds(member):
            text = member.pax_headers.get('mtime')
            return decimal.Decimal(text if text is not None else int(member.mtime))
        items = []
        with tarfile.open(sys.argv[1], 'r:', encoding='utf-8', errors='surrogateescape') as archive:
            for member in archive:
                name = posixpath.normpath('/' + member.name).lstrip('/')
                kind = types.get(member.type, 'Other')
                if posixpath.basename(name).startswith('.wh.'):
                    kind = 'Whiteout'
                stored = kind in ('File', 'Other')
                content = archive.extractfile(member).read() if stored else b''
                items.append(dict(
                    Name=hexed(name), Type=kind, Size=member.size if stored else 0, Mode=member.mode & 0o7777,
                    Uid=member.uid, Gid=member.gid,
                    Ticks=int((seconds(member) * 10**7).to_integral_value(rounding=decimal.ROUND_FLOOR)),
                    LinkTarget=hexed(member.linkname) if kind in ('SymbolicLink', 'HardLink') else '',
                    Start=member.offset, ContentStart=member.offset_data, Hash=hashlib.sha256(content).hexdigest()))
        json.dump(items, sys.stdout)
        """;

    /// <summary>Has the reader and Python read an archive, and fails where they differ.</summary>
    public static async Task<IReadOnlyList<TarItem>> ExpectAsPythonAsync(byte[] archive)
    {
        using var folder = new TemporaryFolder();
        byte[] json = Tool.Run("python3", "-c", List, folder.Write("archive.tar", archive));
        TarItem[] expected = JsonSerializer.Deserialize<TarItem[]>(json)!;

        IReadOnlyList<TarItem> items = await TarItem.ReadAsync(archive);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, items);
        return items;
    }

    /// <summary>Compares with what <c>tar -tv</c> prints.</summary>
    public static void ExpectAsGnu(byte[] archive, IReadOnlyList<TarItem> items)
    {
        string[] lines = Encoding.Latin1.GetString(Tool.Filter(
            archive, "tar", "--numeric-owner", "--full-time", "--quoting-style=literal", "-P", "-tvf", "-")).TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Length, items.Count);
        foreach ((string line, TarItem item) in lines.Zip(items))
        {
            Match match = Line().Match(line);
            Assert.True(match.Success, line);
            Assert.Equal(match.Groups["mode"].Value, ModeText(item));
            Assert.Equal(match.Groups["owner"].Value, $"{item.Uid}/{item.Gid}");
            Assert.Equal(match.Groups["name"].Value, Shown(item, match.Groups["name"].Value));
            if (!match.Groups["size"].Value.Contains(',', StringComparison.Ordinal))
            {
                Assert.Equal(match.Groups["size"].Value, item.Size.ToString(CultureInfo.InvariantCulture));
            }

            string time = (match.Groups["time"].Value + ".0000000").Replace("..", ".", StringComparison.Ordinal);
            Assert.StartsWith(
                DateTime.UnixEpoch.AddTicks(item.Ticks).ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture).TrimEnd('0')
                    .TrimEnd('.'),
                time,
                StringComparison.Ordinal);
        }
    }

    /// <summary>The names that GNU tar lists, as they stand in the archive.</summary>
    public static string[] GnuNames(byte[] archive)
    {
        string text = Encoding.Latin1.GetString(Tool.Filter(archive, "tar", "--quoting-style=literal", "-P", "-tf", "-"));
        return text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
    }

    private static string Shown(TarItem item, string listed)
    {
        string name = listed[..(listed.Length - Suffix(item).Length)];
        bool isSame = TarPath.Clean(name) == Latin1(item.Name) && listed.EndsWith(Suffix(item), StringComparison.Ordinal);
        return isSame ? listed : Latin1(item.Name) + Suffix(item);
    }

    private static string Suffix(TarItem item) => item.Type switch
    {
        "SymbolicLink" => " -> " + Latin1(item.LinkTarget),
        "HardLink" => " link to " + Latin1(item.LinkTarget),
        _ => string.Empty,
    };

    private static string Latin1(string hex) => Encoding.Latin1.GetString(Convert.FromHexString(hex));

    private static string ModeText(TarItem item)
    {
        char type = item.Type switch
        {
            "Directory" => 'd',
            "SymbolicLink" => 'l',
            "HardLink" => 'h',
            "CharacterDevice" => 'c',
            "BlockDevice" => 'b',
            "Fifo" => 'p',
            _ => '-',
        };
        char[] bits = [.. "rwxrwxrwx"];
        for (int i = 0; i < 9; i++)
        {
            bits[i] = (item.Mode & (0x100 >> i)) == 0 ? '-' : bits[i];
        }

        Special(2, 0x800, 's');
        Special(5, 0x400, 's');
        Special(8, 0x200, 't');
        return type + new string(bits);

        void Special(int index, int bit, char letter)
        {
            if ((item.Mode & bit) != 0)
            {
                bits[index] = bits[index] == 'x' ? letter : char.ToUpperInvariant(letter);
            }
        }
    }

    [GeneratedRegex(@"^(?<mode>\S{10}) (?<owner>-?\d+/-?\d+) +(?<size>\d+(,\d+)?) (?<time>\S+ \S+) +(?<name>.*)$", RegexOptions.Singleline)]
    private static partial Regex Line();
}
