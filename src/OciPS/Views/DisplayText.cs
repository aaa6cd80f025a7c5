// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS.Views;

/// <summary>Formats values for display.</summary>
internal static class DisplayText
{
    private static readonly string[] s_units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A text with terminal control characters escaped.</summary>
    /// <param name="text">The text; null stays null.</param>
    public static string? Text(string? text) => text is null ? null : TerminalText.Escape(text);

    /// <summary>A date without seconds, in the Gregorian calendar.</summary>
    /// <param name="date">The date; null stays null.</param>
    public static string? Date(DateTime? date) => date?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A size as <c>12.3 MB</c>, in powers of 1000.</summary>
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

    /// <summary>A date with its age: <c>2026-01-31 12:34 (3 days ago)</c>.</summary>
    /// <param name="date">The date, in this machine's time zone; null gives an empty text.</param>
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
}
