// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace OciPS.Core.Tests.House;

/// <summary>A line of code has at most 140 columns.</summary>
/// <remarks>
/// Two kinds of lines may be longer: an example in a comment, of which help is made, and the text of a raw string of several lines.
/// </remarks>
public sealed partial class LineLengthTests
{
    private const int MostColumns = 140;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Code_OfAFolder_IsAtMost140ColumnsWide(string folder)
    {
        string root = Path.GetFullPath("../../..", GetFolder());
        string[] files = Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Generated().IsMatch(file))
            .ToArray();

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file =>
            FindLong(File.ReadLines(file)).Select(line => $"{Path.GetRelativePath(root, file)}:{line}")));
    }

    [Fact]
    public void FindLong_OfLines_LeavesOutExamplesAndRawText()
    {
        string wide = new('x', MostColumns + 1);

        Assert.Equal([2], FindLong([new string('x', MostColumns), wide]));
        Assert.Equal([1], FindLong([$"/// <summary>{wide}</summary>"]));
        Assert.Empty(FindLong([$"/// <code>{wide}</code>"]));
        Assert.Equal([4], FindLong(["text = \"\"\"", wide, "    \"\"\";", wide]));
        Assert.Equal([2], FindLong(["text = \"\"\"one\"\"\";", wide]));
    }

    private static IEnumerable<int> FindLong(IEnumerable<string> lines)
    {
        bool isRaw = false;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length > MostColumns && !isRaw && !line.TrimStart().StartsWith("/// <code>", StringComparison.Ordinal))
            {
                yield return number;
            }

            isRaw ^= RawQuotes().Count(line) % 2 == 1;
        }
    }

    private static string GetFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("\"{3,}")]
    private static partial Regex RawQuotes();

    [GeneratedRegex(@"[/\\](?:bin|obj)[/\\]")]
    private static partial Regex Generated();
}
