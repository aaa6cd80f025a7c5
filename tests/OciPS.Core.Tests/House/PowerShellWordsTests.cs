// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace OciPS.Core.Tests.House;

/// <summary>The core does not know how it is called: its texts name no cmdlet and no parameter.</summary>
public sealed partial class PowerShellWordsTests
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(Here(), "../../../src/OciPS.Core"));

    [Fact]
    public void Strings_OfTheCore_NameNoCmdletAndNoParameter() => Assert.Empty(
        from path in Directory.GetFiles(s_root, "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(s_root, path).Replace('\\', '/')
        where !name.StartsWith("obj/", StringComparison.Ordinal) && !name.StartsWith("bin/", StringComparison.Ordinal)
        from line in File.ReadLines(path)
        where !Comment().IsMatch(line) && Literal().Matches(line).Any(literal => PowerShell().IsMatch(literal.Value))
        select $"{name}: {line.Trim()}");

    [Fact]
    public void Remedies_OfTheCore_HaveAHintEach()
    {
        string hints = File.ReadAllText(Path.Combine(s_root, "../OciPS/ErrorHints.cs"));
        Assert.All(
            Enum.GetValues<Remedy>().Where(remedy => remedy != Remedy.None),
            remedy => Assert.Contains($"[Remedy.{remedy}] =", hints, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Use -Force to replace it.", true)]
    [InlineData("'Copy-OciImage' copies it", true)]
    [InlineData("-Deep computes them", true)]
    [InlineData("Give 'docker-archive:PATH' in place of it - or none.", false)]
    [InlineData("tar -x --Format", false)]
    public void Words_OfPowerShell_AreFound(string text, bool isFound) => Assert.Equal(isFound, PowerShell().IsMatch($"\"{text}\""));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^\s*//")]
    private static partial Regex Comment();

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex("""
        -Oci[A-Z]|\bConnect-|(?<=[\s"'(])-[A-Z][A-Za-z]+
        """)]
    private static partial Regex PowerShell();
}
