// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.House;

/// <summary>What is done with images does not depend on where they are: no operation asks which transport or store it has.</summary>
public sealed partial class TransportUseTests
{
    /// <summary>Where the transports are, from their syntax up to their stores.</summary>
    private static readonly string[] s_transports = ["OciPS.Core/References", "OciPS.Core/Storage", "OciPS.Core/Registry"];

    private static readonly string s_root = Path.GetFullPath(Path.Combine(Here(), "../../../src"));

    private static readonly (string Name, string Code)[] s_operations = [.. Directory
        .GetFiles(s_root, "*.cs", SearchOption.AllDirectories)
        .Select(path => (Name: Path.GetRelativePath(s_root, path).Replace(Path.DirectorySeparatorChar, '/'), Path: path))
        .Where(file => !file.Name.Contains("/obj/", StringComparison.Ordinal) && !file.Name.Contains("/bin/", StringComparison.Ordinal))
        .Where(file => !s_transports.Any(folder => file.Name.StartsWith(folder + "/", StringComparison.Ordinal)))
        .Select(file => (file.Name, Comment().Replace(File.ReadAllText(file.Path), string.Empty)))];

    [Fact]
    public void Operations_OfTheCoreAndTheCmdlets_NameNoTransport() => Assert.Empty(Uses(
        $@"\bTransport\.({string.Join('|', Enum.GetNames<Transport>())})\b"));

    [Fact]
    public void Operations_OfTheCoreAndTheCmdlets_NameNoStoreOfATransport() => Assert.Empty(Uses(
        $@"\b({string.Join('|', typeof(IImageStore).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IImageStore)) && type != typeof(DryRunStore))
            .Select(type => type.Name))})\b"));

    private static IEnumerable<string> Uses(string pattern) =>
        from file in s_operations
        from Match match in Regex.Matches(file.Code, pattern)
        select $"{file.Name}: {match.Value}";

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
