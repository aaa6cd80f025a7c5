// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace OciPS.Core.Tests.House;

/// <summary>Which folder of the core may use which.</summary>
/// <remarks>
/// A folder is a namespace, and a using directive that is not needed is an error of the build: so the using directives are the
/// arrows. A folder sees the folders that it lies in without one; there, the names of their types are looked for.
/// </remarks>
public sealed partial class LayeringTests
{
    private const int MostFiles = 25;

    /// <summary>From the bottom up: a folder, and all that it uses. What lies at the root is for all.</summary>
    private const string Table = """
        References:
        Manifests.Json: References
        Manifests: References Manifests.Json
        IO:
        IO.Hashing: References Manifests
        Tar: IO
        Splicing: IO
        Compression.Bzip2: IO
        Compression.Xz: IO
        Compression.Gzip: References IO IO.Hashing Splicing
        Compression.Zstd: References IO IO.Hashing Splicing
        Compression: Manifests IO Compression.Bzip2 Compression.Xz Compression.Gzip Compression.Zstd
        Storage.Capabilities: References Manifests
        Storage: References Manifests IO IO.Hashing Tar Compression Storage.Capabilities
        Storage.Directories: References Manifests Storage.Capabilities
        Storage.Layouts: References Manifests.Json Manifests Tar Storage.Capabilities
        Storage.DockerArchives: References Manifests.Json Manifests IO IO.Hashing Tar Compression Storage.Capabilities
        Registry.Resilience:
        Registry.Connections: References
        Registry.Http: Manifests IO Compression.Gzip Compression Registry.Resilience Registry.Connections
        Registry.Handlers: Registry.Resilience Registry.Connections Registry.Http
        Registry.Auth: Manifests.Json Registry.Resilience Registry.Connections Registry.Http Registry.Handlers
        Registry.Client: IO Registry.Resilience Registry.Connections Registry.Http Registry.Handlers Registry.Auth
        Registry.Download: References Manifests IO Registry.Resilience Registry.Http Registry.Auth Registry.Client
        Registry.Upload: References Manifests IO IO.Hashing Storage Registry.Resilience Registry.Http Registry.Handlers Registry.Auth
            Registry.Client Registry.Download
        Registry: References Manifests.Json Manifests Storage.Capabilities Storage Registry.Resilience Registry.Connections Registry.Http
            Registry.Auth Registry.Client Registry.Download Registry.Upload
        Layers.Listings: References Manifests.Json Manifests IO IO.Hashing Tar Compression.Gzip Compression Storage
        Sessions: Registry.Resilience Registry.Http Registry.Client Layers.Listings
        Layers: References Manifests IO IO.Hashing Tar Compression.Gzip Compression Storage Layers.Listings Sessions
        Images: References Manifests Storage Storage.Directories Storage.Layouts Storage.DockerArchives Registry Sessions Layers
        BuildInputs: References Manifests.Json Images
        Files: References Manifests IO Tar Storage Sessions Layers Images
        Copying: References Manifests.Json Manifests IO Storage.Capabilities Storage Sessions Layers Images BuildInputs
        Merging: References Manifests Storage Sessions Images Copying
        Removal: References Manifests IO IO.Hashing Tar Splicing Compression.Gzip Compression.Zstd Compression Storage Layers.Listings
            Sessions Layers Images Files Copying
        Repair: References Manifests Storage Sessions Layers Images Copying
        Publishing: References Manifests Storage Sessions Images Copying
        Comparison: References Manifests.Json Manifests IO Tar Sessions Layers Images Files
        Export: References Manifests IO Tar Storage Sessions Layers Images Files
        """;

    private static readonly string s_root = Path.GetFullPath(Path.Combine(Here(), "../../../src/OciPS.Core"));

    private static readonly Dictionary<string, SourceFile[]> s_folders = Directory.GetFiles(s_root, "*.cs", SearchOption.AllDirectories)
        .Select(SourceFile.Read)
        .Where(file => !file.Folder.StartsWith("obj", StringComparison.Ordinal) && !file.Folder.StartsWith("bin", StringComparison.Ordinal))
        .GroupBy(file => file.Folder)
        .ToDictionary(group => group.Key, group => group.ToArray());

    private static readonly (string Folder, string[] Uses)[] s_table = [.. Entry().Matches(Table)
        .Select(entry => (entry.Groups["folder"].Value, entry.Groups["uses"].Value.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];

    [Fact]
    public void Table_OfFolders_HasThemAll() =>
        Assert.Equal(
            s_folders.Keys.Where(folder => folder.Length > 0).Order(StringComparer.Ordinal),
            s_table.Select(entry => entry.Folder).Order(StringComparer.Ordinal));

    [Fact]
    public void Table_FromTheBottomUp_HasNoCircle()
    {
        var below = new HashSet<string>();
        foreach ((string folder, string[] uses) in s_table)
        {
            Assert.Empty(uses.Where(use => !below.Contains(use)).Select(use => $"{folder} uses {use}, which is not below it"));
            below.Add(folder);
        }
    }

    [Fact]
    public void Folders_UsingDirectives_AreThoseOfTheTable() => Assert.Equal(
        s_table.SelectMany(entry => entry.Uses.Select(use => $"{entry.Folder} uses {use}")).Order(StringComparer.Ordinal),
        s_folders.Where(folder => folder.Key.Length > 0)
            .SelectMany(folder => folder.Value.SelectMany(file => file.Uses).Distinct().Select(use => $"{folder.Key} uses {use}"))
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Folders_InAFolderThatIsAboveThem_DoNotUseIt()
    {
        List<string> order = [.. s_table.Select(entry => entry.Folder)];
        IEnumerable<string> arrows =
            from inner in s_folders
            from outer in s_folders
            where outer.Key.Length > 0 && inner.Key.StartsWith(outer.Key + ".", StringComparison.Ordinal)
            where order.IndexOf(outer.Key) > order.IndexOf(inner.Key)
            from file in inner.Value
            from type in outer.Value.SelectMany(other => other.Types)
            where Regex.IsMatch(file.Code, $@"\b{type}\b")
            select $"{inner.Key}/{file.Name} uses {type} of {outer.Key}";

        Assert.Empty(arrows);
    }

    [Fact]
    public void Folders_OfTheCore_HoldFewEnoughFilesToBeReadAsAList() =>
        Assert.Empty(s_folders.Where(folder => folder.Value.Length > MostFiles).Select(folder => $"{folder.Key}: {folder.Value.Length}"));

    [Fact]
    public void Namespaces_OfTheCore_AreTheFolders() => Assert.Empty(s_folders.SelectMany(folder => folder.Value)
        .Where(file => file.Namespace != (file.Folder.Length == 0 ? "OciPS" : "OciPS." + file.Folder))
        .Select(file => $"{file.Folder}/{file.Name}: {file.Namespace}"));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"(?<folder>[\w.]+):(?<uses>(?:\s+[\w.]+(?![\w.]*:))*)")]
    private static partial Regex Entry();

    private sealed partial record SourceFile(string Folder, string Name, string Namespace, string[] Uses, string[] Types, string Code)
    {
        public static SourceFile Read(string path)
        {
            string text = File.ReadAllText(path);
            string code = Comment().Replace(text, string.Empty);
            return new SourceFile(
                Path.GetRelativePath(s_root, Path.GetDirectoryName(path)!) is var folder and not "."
                    ? folder.Replace(Path.DirectorySeparatorChar, '.')
                    : string.Empty,
                Path.GetFileName(path),
                NamespaceLine().Match(text).Groups[1].Value,
                [.. UsingLine().Matches(text).Select(match => match.Groups[1].Value)],
                [.. TypeLine().Matches(text).Select(match => match.Groups[1].Value)],
                code);
        }

        [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^using (?:static |\w+ = )?OciPS\.([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex UsingLine();

        [GeneratedRegex(@"^(?:\w+ )+(?:class|struct|record|interface|enum) (\w+)", RegexOptions.Multiline)]
        private static partial Regex TypeLine();

        [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
        private static partial Regex Comment();
    }
}
