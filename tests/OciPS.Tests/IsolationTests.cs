// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The module beside others that brought libraries of the same names, older or newer: in processes of their own.</summary>
[Trait("Speed", "Slow")]
public sealed class IsolationTests : IDisposable
{
    // Made with 'xz --check=crc32' and 'zstd -19' out of tars of Python's tarfile with one file each.
    private const string Xz =
        "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4Cf/"
            + "AGBdADKdCIYU9xdzl8Ho9+i7se2debOpB6LnGFHc1hQCxmltYSIsuHgxar9D2f3UrLTTJcWbMVV8YQvUUgNW923v7xyF0yWhf0BCue5r7oJCZe4D"
        + "1dRCpHjon4rxvouq6ccAAACIFRMSAAF4gFAAAABB5M9ePjANiwIAAAAAAVla";
    private const string XzDiffId = "sha256:963672b5f55ab13ebd893ab8bdc8bec1743a77c6dc96c5e74f5b91f3caa89c96";
    private const string Zstd =
        "KLUv/QRoNQIAsgIKEbC5Ab+KqY9SPYy+18uuZAKkdpAa/1axSdk352H67r8Rw002LTC2BAogIDG1OfMFHBAg6HnU+Z+3FmQpKBgUwHAScrX+Xlw=";
    private const string ZstdDiffId = "sha256:6546b1b8577711b17ea20ecec3d41e1c7325b1bc7d20266b7ddb45328d12de69";

    private readonly Engine _engine = new(withModule: false);

    public void Dispose() => _engine.Dispose();

    private static string OlderSharpZipLib => Path.Combine(AppContext.BaseDirectory, "older", "ICSharpCode.SharpZipLib.dll");

    private static string ModuleFolder => Path.GetDirectoryName(Engine.ModulePath)!;

    private static string[] Libraries =>
        [.. Directory.GetFiles(
            Path.Combine(ModuleFolder, "lib", "any"),
            "*.dll").Where(file => Path.GetFileName(file) != "OciPS.Core.dll").Order(StringComparer.Ordinal)];

    [Fact]
    public void Import_OlderSharpZipLibLoadedBefore_BothWorkSideBySide()
    {
        AddImage();

        string[] lines = RunAlone($$"""
            $other = [Reflection.Assembly]::LoadFrom('{{OlderSharpZipLib}}')
            $other.GetType('ICSharpCode.SharpZipLib.BZip2.BZip2').FullName
            Import-Module '{{Engine.ModulePath}}'
            Get-OciImageFile 'oci:{{_engine.GetPath("images")}}:app' -Path etc/*z* | ForEach-Object { $_.ReadAllText() }
            $stream = [IO.MemoryStream]::new()
            [ICSharpCode.SharpZipLib.BZip2.BZip2OutputStream]::new($stream).GetType().Assembly.GetName().Version
            {{ShowLoaded("'ICSharpCode.SharpZipLib'")}}
            """);

        Version older = AssemblyName.GetAssemblyName(OlderSharpZipLib).Version!;
        Version ours = AssemblyName.GetAssemblyName(
            Libraries.Single(file => Path.GetFileName(file) == "ICSharpCode.SharpZipLib.dll")).Version!;
        Assert.True(older < ours);
        Assert.Equal(
            [
                "ICSharpCode.SharpZipLib.BZip2.BZip2", "from bzip2", "from xz", "from zstd", "from gzip", older.ToString(),
                $"ICSharpCode.SharpZipLib {older} Default", $"ICSharpCode.SharpZipLib {ours} OciPS",
            ],
            lines);
    }

    [Theory]
    [InlineData("0.0.0.1")]
    [InlineData("99.0.0.0")]
    public async Task Import_OtherVersionsOfAllLibrariesLoadedBefore_ModuleTakesItsOwn(string version)
    {
        AddImage();
        await using RegistryServer registry = await RegistryServer.StartAsync();
        string[] names = [.. Libraries.Select(file => Path.GetFileNameWithoutExtension(file))];
        string others = Directory.CreateDirectory(_engine.GetPath("others")).FullName;
        Array.ForEach(Libraries, file => MakeOther(file, new Version(version), Path.Combine(others, Path.GetFileName(file))));

        string[] lines = RunAlone($$"""
            [IO.Directory]::GetFiles('{{others}}') | ForEach-Object { $null = [Reflection.Assembly]::LoadFrom($_) }
            Import-Module '{{Engine.ModulePath}}'
            Get-OciImageFile 'oci:{{_engine.GetPath("images")}}:app' -Path etc/*z* | ForEach-Object { $_.ReadAllText() }
            (Remove-OciImageFile 'oci:{{_engine.GetPath("images")}}:app' -LiteralPath etc/zstd, etc/gzip -Destination '{{registry.Host}}/app:1').RemovedFiles.FullName
            (Get-OciImageFile '{{registry.Host}}/app:1').FullName
            {{ShowLoaded(string.Join(", ", names.Select(name => $"'{name}'")))}}
            """);

        Assert.Equal(
            [
                "from bzip2", "from xz", "from zstd", "from gzip", "etc/zstd", "etc/gzip", "etc/bzip2", "etc/xz", "etc/kept",
                .. names.SelectMany(
                    (name, i) =>
                        new[] { $"{name} {version} Default", $"{name} {AssemblyName.GetAssemblyName(Libraries[i]).Version} OciPS" })
                            .Order(StringComparer.Ordinal),
            ],
            lines);
    }

    [Fact]
    public void Import_Alone_HasTheCoreAndNothingElseOfTheModuleApart()
    {
        AddImage();

        string[] lines = RunAlone($$"""
            Import-Module '{{Engine.ModulePath}}'
            $null = Get-OciImageFile 'oci:{{_engine.GetPath("images")}}:app' | ForEach-Object { $_.ReadAllText() }
            {{ShowLoaded("'OciPS', 'OciPS.Core', 'OciPS.Loader', 'ICSharpCode.SharpZipLib', 'SharpCompress', 'ZstdSharp'", name: "GetName().Name")}}
            foreach ($name in 'No.Such.Library', 'ZstdSharp') { try { [Reflection.Assembly]::Load($name) } catch { "$name not found" } }
            [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([Reflection.Assembly]::Load('OciPS.Core')).Name
            """);

        Assert.Equal(
            [
                "ICSharpCode.SharpZipLib OciPS", "OciPS Default", "OciPS.Core OciPS", "OciPS.Loader Default", "SharpCompress OciPS",
                "ZstdSharp OciPS",
                "No.Such.Library not found", "ZstdSharp not found", "OciPS",
            ],
            lines);
    }

    [Fact]
    public void Import_AgainAndInOtherRunspaces_LoadsTheCoreOnce()
    {
        AddImage();

        string[] lines = RunAlone($$"""
            function Get-Files { (Get-OciImageFile 'oci:{{_engine.GetPath("images")}}:app').Count }
            Import-Module '{{Engine.ModulePath}}'
            Get-Files
            Remove-Module OciPS
            Import-Module '{{Engine.ModulePath}}'
            Import-Module '{{Engine.ModulePath}}' -Force
            Get-Files
            1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module '{{Engine.ModulePath}}'
                (Get-OciImageFile 'oci:{{_engine.GetPath("images")}}:app').Count
            }
            {{ShowLoaded("'OciPS', 'OciPS.Core', 'OciPS.Loader'", name: "GetName().Name")}}
            @([Runtime.Loader.AssemblyLoadContext]::All).Where({ $_.Name -eq 'OciPS' }).Count
            """);

        Assert.Equal(["5", "5", "5", "5", "5", "5", "OciPS Default", "OciPS.Core OciPS", "OciPS.Loader Default", "1"], lines);
    }

    [Fact]
    public async Task RemoveModule_Connected_ForgetsTheConnection()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image("linux/amd64", [images.Layer(("a", "b"))]));
        registry.Load("app", images);
        registry.Options.Basic = ("user", "password");

        string[] lines = RunAlone($$"""
            Import-Module '{{Engine.ModulePath}}'
            $password = [securestring]::new()
            'password'.ToCharArray() | ForEach-Object { $password.AppendChar($_) }
            (Connect-OciRegistry '{{registry.Host}}' -Credential ([pscredential]::new('user', $password)) -PlainHttp).UserName
            (Get-OciTag '{{registry.Host}}/app').Name
            Remove-Module OciPS
            Import-Module '{{Engine.ModulePath}}'
            try { Get-OciTag '{{registry.Host}}/app' -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
            """);

        Assert.Equal(["user", "1", "Unauthorized,OciPS.Commands.GetOciTagCommand"], lines);
    }

    private static string ShowLoaded(string names, string name = "GetName().Name) $($_.GetName().Version") => $$"""
        $loaded = [Collections.Generic.SortedSet[string]]::new([StringComparer]::Ordinal)
        [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -in {{names}} } | ForEach-Object {
            $null = $loaded.Add("$($_.{{name}}) $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name)")
        }
        $loaded
        """;

    // An empty library with another's name, key and resources: whoever takes it for ours finds nothing in it.
    private static void MakeOther(string library, Version version, string path)
    {
        AssemblyName real = AssemblyName.GetAssemblyName(library);
        var name = new AssemblyName(real.Name!) { Version = version };
        name.SetPublicKey(real.GetPublicKey());
        var assembly = new PersistedAssemblyBuilder(name, typeof(object).Assembly);
        assembly.DefineDynamicModule(real.Name!);
        assembly.Save(path);
    }

    private void AddImage()
    {
        byte[] tar = new TarBuilder().File("etc/bzip2", "from bzip2").ToBytes();
        _engine.Layout("images").Add("app", new TestImage(
            new TestLayer(Bzip2(tar), TestLayer.GetDigest(tar), TestLayer.GzipType),
            new TestLayer(Convert.FromBase64String(Xz), XzDiffId, TestLayer.GzipType),
            new TestLayer(Convert.FromBase64String(Zstd), ZstdDiffId, "application/vnd.oci.image.layer.v1.tar+zstd"),
            TestLayer.Gzip(new TarBuilder().File("etc/gzip", "from gzip").File("etc/kept", new string('k', 100_000)))));
    }

    // With the older library in a context of its own, so that this process is none the wiser.
    private static byte[] Bzip2(byte[] bytes)
    {
        var context = new AssemblyLoadContext("Bzip2", isCollectible: true);
        Type type = context.LoadFromAssemblyPath(OlderSharpZipLib)
            .GetType("ICSharpCode.SharpZipLib.BZip2.BZip2OutputStream", throwOnError: true)!;
        using var compressed = new MemoryStream();
        using (var bzip2 = (Stream)Activator.CreateInstance(type, compressed)!)
        {
            bzip2.Write(bytes);
        }

        context.Unload();
        return compressed.ToArray();
    }

    private string[] RunAlone(string script)
    {
        string file = _engine.GetPath("script.ps1");
        File.WriteAllText(file, script);
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "OciPS.Tests.dll"), file },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OCIPS_LAYER_CACHE"] = "off";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(string.Empty, errors.Result);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
