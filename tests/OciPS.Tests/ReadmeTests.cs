// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.RegularExpressions;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What the README says that can be typed, typed.</summary>
public sealed partial class ReadmeTests : IAsyncLifetime, IDisposable
{
    // Stands for the scanner: counts the bytes that it is given.
    private const string Scanner = "function clamscan { $count = 0; foreach ($part in $input) { $count += $part.Length }; $count }\n";

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;
    private RegistryServer _mirror = null!;

    public static TheoryData<int> Lines() => [.. Enumerable.Range(0, Blocks().Length)];

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _mirror = await RegistryServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _mirror.DisposeAsync();
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public void Block_TypedAsItStands_WorksAndGivesSomething(int number)
    {
        Prepare();

        Result result = _engine.Invoke(Scanner + OnRegistry(Blocks()[number]));

        Assert.Equal([], result.AllErrors.Select(error => error.ToString()));
        Assert.NotEmpty(result.Output);
    }

    [Fact]
    public void Jobs_KeysAreFoundAndTakenOut_NoneIsLeftOnAnyPlatform()
    {
        PublishTwoPlatforms("1");
        string[] expected = ["amd64.key", "arm64.pem", "id_rsa", "link.key"];

        Assert.Equal(expected, Names(_engine.Run(OnRegistry(Jobs()[0]))));
        _engine.Run(OnRegistry(Jobs()[1]));

        Assert.Empty(_engine.Run(OnRegistry(Jobs()[0]).Replace("/team/app", "/clean/app", StringComparison.Ordinal)));
        Assert.Equal(["keep.key"], Names(_engine.Run($"Get-OciImageFile {_registry.Host}/clean/app:1 -Platform linux/amd64 -Path *.key")));
    }

    [Fact]
    public void FirstExample_ImageOfTwoPlatforms_TakesTheKeysOfBothOut()
    {
        PublishTwoPlatforms("1");

        _engine.Run(OnRegistry(Blocks()[0]));

        string[] left = Names(_engine.Run($"Get-OciImageFile {_registry.Host}/team/app:clean -Platform * -Type File, HardLink"));
        Assert.Equal(["keep.key"], left);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("0", true)]
    [InlineData("root", true)]
    [InlineData("0:0", true)]
    [InlineData("root:root", true)]
    [InlineData("root:1000", true)]
    [InlineData("1000", false)]
    [InlineData("1000:0", false)]
    [InlineData("app:root", false)]
    public void RunAsRoot_UserOfOnePlatform_IsTold(string? user, bool isRoot)
    {
        string job = OnRegistry(Jobs()[^1]);
        Assert.Contains("User", job, StringComparison.Ordinal);
        Publish("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("a", "a"))) { User = user });
        Publish("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("a", "a"))) { User = "1000" });
        string repository = $"{_registry.Host}/team/app";
        _engine.Run(
            "Merge-OciManifestList \"$($args[0]):amd64\", \"$($args[0]):arm64\" \"$($args[0]):1\"; Copy-OciImage \"$($args[0]):amd64\" "
                + "\"$($args[0]):slim\"", repository);

        Assert.Equal(isRoot ? ["linux/arm64"] : [], _engine.Run(job).Select(config => config.Properties["Platform"].Value.ToString()));
    }

    [Fact]
    public void Readme_Jobs_AreTen() => Assert.Equal(10, Jobs().Length);

    private static string[] Blocks() => [.. Block().Matches(Readme()).Select(match => match.Groups[1].Value)];

    private static string[] Jobs()
    {
        string readme = Readme();
        int begin = readme.IndexOf("## Ten jobs", StringComparison.Ordinal);
        int end = readme.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        return [.. Block().Matches(readme[begin..end]).Select(match => match.Groups[1].Value)];
    }

    private static string Readme() => File.ReadAllText(Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "..", "..", "README.md"));

    private static string[] Names(IReadOnlyList<PSObject> files) =>
        [.. files.Select(file => Path.GetFileName((string)file.Properties["FullName"].Value)).Distinct().Order(StringComparer.Ordinal)];

    private string OnRegistry(string script) => script
        .Replace("registry.example.com", _registry.Host, StringComparison.Ordinal)
        .Replace("mirror.example.com", _mirror.Host, StringComparison.Ordinal);

    private void Publish(string tag, TestImage image)
    {
        Tarball.Kaniko(image).Save(_engine.GetPath($"{tag}.tar"));
        _engine.Run("Publish-OciKanikoImage $args[0] $args[1]", $"{tag}.tar", $"{_registry.Host}/team/app:{tag}");
    }

    /// <summary>An image for two platforms, each with keys in a layer, one of them hidden by a later layer.</summary>
    private void PublishTwoPlatforms(string tag)
    {
        const string Key = "-----BEGIN RSA PRIVATE KEY-----";
        Publish("amd64", new TestImage("amd64", TestLayer.Gzip(
            new TarBuilder().File("etc/amd64.key", Key).HardLink("etc/link.key", "etc/amd64.key").File("etc/keep.key", "public"))));
        Publish("arm64", new TestImage(
            "arm64",
            TestLayer.Gzip(new TarBuilder().File("root/.ssh/id_rsa", Key).File("etc/arm64.pem", Key)),
            TestLayer.Gzip(new TarBuilder().File("root/.ssh/.wh.id_rsa", string.Empty))));
        string repository = $"{_registry.Host}/team/app";
        _engine.Run("Merge-OciManifestList \"$($args[0]):amd64\", \"$($args[0]):arm64\" \"$($args[0]):$($args[1])\"", repository, tag);
    }

    private void Prepare()
    {
        TestImage Image(string architecture) => new(architecture,
            TestLayer.Gzip(new TarBuilder().Folder("etc")
                .File("etc/tls.key", "-----BEGIN RSA PRIVATE KEY-----")
                .Folder("usr/share/doc")
                .File("usr/share/doc/readme", "text")
                .File("usr/bin/su", "x", TarBuilder.ExecutableMode | UnixFileMode.SetUser)),
            TestLayer.Gzip(new TarBuilder().File("app/run", "run")));
        Tarball.Kaniko(Image("amd64")).Save(_engine.GetPath("app.tar"));
        Tarball.Kaniko(Image("arm64")).Save(_engine.GetPath("arm64.tar"));
        _engine.Run("""
            $null = Publish-OciKanikoImage ./app.tar "$($args[0]):1" -AdditionalTag amd64
            $null = Publish-OciKanikoImage ./arm64.tar "$($args[0]):arm64"
            $null = Remove-OciImageFile "$($args[0]):1" -Path usr/share/doc -Recurse -Destination "$($args[0]):slim"
            """, $"{_registry.Host}/team/app");
    }

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
