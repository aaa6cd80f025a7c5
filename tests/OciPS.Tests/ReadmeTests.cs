// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What the README says that can be typed, typed.</summary>
public sealed partial class ReadmeTests : IAsyncLifetime, IDisposable
{
    // The engine alone pipes nothing to programs; this counts what it is fed.
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
        string script = Blocks()[number].Replace("registry.example.com", _registry.Host, StringComparison.Ordinal).Replace("mirror.example.com", _mirror.Host, StringComparison.Ordinal);

        Result result = _engine.Invoke(Scanner + script);

        Assert.Equal([], result.AllErrors.Select(error => error.ToString()));
        Assert.NotEmpty(result.Output);
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

    private void Prepare()
    {
        TestImage Image(string architecture) => new(architecture,
            TestLayer.Gzip(new TarBuilder().Folder("etc").File("etc/tls.key", "-----BEGIN RSA PRIVATE KEY-----").Folder("usr/share/doc").File("usr/share/doc/readme", "text").File("usr/bin/su", "x", TarBuilder.ExecutableMode | UnixFileMode.SetUser)),
            TestLayer.Gzip(new TarBuilder().File("app/run", "run")));
        Tarball.Kaniko(Image("amd64")).Save(_engine.PathOf("app.tar"));
        Tarball.Kaniko(Image("arm64")).Save(_engine.PathOf("arm64.tar"));
        _engine.Run("""
            $null = Publish-OciKanikoImage ./app.tar "$($args[0]):1" -AdditionalTag amd64
            $null = Publish-OciKanikoImage ./arm64.tar "$($args[0]):arm64"
            $null = Remove-OciImageFile "$($args[0]):1" -Path usr/share/doc -Recurse -Destination "$($args[0]):slim"
            """, $"{_registry.Host}/team/app");
    }

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
