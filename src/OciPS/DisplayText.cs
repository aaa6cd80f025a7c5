// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Globalization;
using System.Management.Automation.Host;
using OciPS.Tar;

namespace OciPS;

/// <summary>Texts of the module's views; scripts use the properties instead.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DisplayText
{
    private static readonly string[] s_units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A value's text, with what steers a terminal escaped.</summary>
    /// <param name="value">The value; null stays null.</param>
    public static string? Text(object? value) => value is null ? null : TerminalText.Escape(value.ToString() ?? string.Empty);

    /// <summary>The texts of a list, with what steers a terminal escaped.</summary>
    /// <param name="values">The list; null stays null.</param>
    public static string[]? Texts(System.Collections.IEnumerable? values) => values is string one
        ? [TerminalText.Escape(one)]
        : values?.Cast<object?>().Select(value => Text(value) ?? string.Empty).ToArray();

    /// <summary>A value's text, with what steers a terminal escaped, and cut in front where it is too long for the rest of a line: a reference keeps its tag.</summary>
    /// <param name="value">The value; null stays null.</param>
    /// <param name="host">The host, which knows how long its lines are.</param>
    /// <param name="used">How much of the line is taken.</param>
    public static string? Tail(object? value, PSHost? host, int used)
    {
        const int Least = 8;
        string? text = Text(value);
        int room = Math.Max(LineLength(host) - used - 1, Least);
        return text is null || text.Length <= room ? text : "…" + text[^(room - 1)..];
    }

    // Hosts without a console have no such thing, or throw. Some leave the last column empty.
    private static int LineLength(PSHost? host)
    {
        try
        {
            return host?.UI?.RawUI?.BufferSize.Width is > 0 and { } width ? width : int.MaxValue;
        }
        catch (Exception error) when (error is HostException or NotImplementedException or NotSupportedException or IOException or InvalidOperationException)
        {
            return int.MaxValue;
        }
    }

    /// <summary>A size as <c>12.3 MB</c>; a unit is a thousand of the one before.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (Math.Abs(value) >= 999.95 && unit < s_units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + s_units[unit];
    }

    /// <summary>A date with how long ago that was: <c>2026-01-31 12:34 (3 days ago)</c>.</summary>
    /// <param name="date">The date, in this machine's time zone; null comes out empty.</param>
    public static string Age(DateTime? date)
    {
        if (date is not { } known)
        {
            return string.Empty;
        }

        TimeSpan age = DateTime.Now - known;
        (double count, string unit) = age switch
        {
            { TotalDays: >= 730 } => (age.TotalDays / 365, "years"),
            { TotalDays: >= 60 } => (age.TotalDays / 30, "months"),
            { TotalDays: >= 2 } => (age.TotalDays, "days"),
            { TotalHours: >= 2 } => (age.TotalHours, "hours"),
            _ => (Math.Max(age.TotalMinutes, 0), "minutes"),
        };
        count = Math.Floor(count);
        return string.Create(CultureInfo.InvariantCulture, $"{known:yyyy-MM-dd HH:mm} ({count:0} {(count == 1 ? unit[..^1] : unit)} ago)");
    }

    /// <summary>A type and permissions as <c>ls</c> shows them: <c>-rwxr-xr-x</c>.</summary>
    /// <param name="file">The file.</param>
    public static string Mode(OciImageFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        const string Letters = "rwxrwxrwx";
        var text = new char[10];
        text[0] = file.File.Entry.Type switch
        {
            TarEntryType.Directory => 'd',
            TarEntryType.SymbolicLink => 'l',
            TarEntryType.HardLink => 'h',
            TarEntryType.CharacterDevice => 'c',
            TarEntryType.BlockDevice => 'b',
            TarEntryType.Fifo => 'p',
            TarEntryType.Whiteout => 'w',
            _ => '-',
        };
        for (int i = 0; i < Letters.Length; i++)
        {
            text[i + 1] = ((int)file.UnixFileMode & (0x100 >> i)) != 0 ? Letters[i] : '-';
        }

        SetSpecial(text, 3, file.UnixFileMode.HasFlag(UnixFileMode.SetUser), 's');
        SetSpecial(text, 6, file.UnixFileMode.HasFlag(UnixFileMode.SetGroup), 's');
        SetSpecial(text, 9, file.UnixFileMode.HasFlag(UnixFileMode.StickyBit), 't');
        return new string(text);
    }

    /// <summary>What is different, in a few words: <c>Size, Content</c>, or a config's values.</summary>
    /// <param name="difference">The difference.</param>
    public static string Difference(OciImageDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        return difference.Kind switch
        {
            "Layer" => Size(((difference.After ?? difference.Before) as OciDescriptor)!.Size),
            "File" when difference.Properties.Count > 0 => string.Join(", ", difference.Properties),
            "File" => (difference.After ?? difference.Before) is OciImageFile file ? $"{Mode(file)} {Size(file.Size)}" : string.Empty,
            _ when difference.Change == "Changed" => Short($"{difference.Before} -> {difference.After}"),
            _ => Short($"{difference.After ?? difference.Before}"),
        };
    }

    private static string Short(string text)
    {
        const int Width = 32;
        string line = TerminalText.Escape(text.ReplaceLineEndings(" "));
        return line.Length <= Width ? line : line[..(Width - 1)] + "…";
    }

    private static void SetSpecial(char[] text, int position, bool isSet, char letter)
    {
        if (isSet)
        {
            text[position] = text[position] == 'x' ? letter : char.ToUpperInvariant(letter);
        }
    }
}
