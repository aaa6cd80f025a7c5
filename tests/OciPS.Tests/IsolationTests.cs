// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Runtime.Loader;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The module beside another one that brought an older version of a library: in a process of its own.</summary>
public sealed class IsolationTests : IDisposable
{
    private const string Script = """
        $other = [Reflection.Assembly]::LoadFrom('{0}')
        $other.GetType('ICSharpCode.SharpZipLib.BZip2.BZip2').FullName
        Import-Module '{1}'
        Get-OciImageFile 'oci:{2}:app' | ForEach-Object {{ "$($_.FullName)=$($_.ReadAllText())" }}
        [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object {{ $_.GetName().Name -eq 'ICSharpCode.SharpZipLib' }} | ForEach-Object {{
            "$($_.GetName().Version) $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name)"
        }}
        """;

    private readonly Engine _engine = new(withModule: false);

    public void Dispose() => _engine.Dispose();

    private static string OlderLibrary => Path.Combine(AppContext.BaseDirectory, "older", "ICSharpCode.SharpZipLib.dll");

    [Fact]
    public void Import_OlderSharpZipLibLoadedBefore_BothWorkSideBySide()
    {
        byte[] tar = new TarBuilder().File("etc/hello", "from bzip2").ToBytes();
        var layer = new TestLayer(Bzip2(tar), TestLayer.DigestOf(tar), TestLayer.GzipType);
        _engine.Layout("images").Add("app", new TestImage(layer));
        string script = _engine.PathOf("script.ps1");
        File.WriteAllText(script, string.Format(null, System.Text.CompositeFormat.Parse(Script), OlderLibrary, Engine.ModulePath, _engine.PathOf("images")));

        string[] lines = RunAlone(script);

        string older = System.Reflection.AssemblyName.GetAssemblyName(OlderLibrary).Version!.ToString();
        string ours = System.Reflection.AssemblyName.GetAssemblyName(
            Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "dependencies", "ICSharpCode.SharpZipLib.dll")).Version!.ToString();
        Assert.NotEqual(older, ours);
        Assert.Equal(["ICSharpCode.SharpZipLib.BZip2.BZip2", "etc/hello=from bzip2", $"{older} Default", $"{ours} OciPS"], lines);
    }

    [Fact]
    public void Import_Alone_LoadsThirdPartyLibrariesInTheModulesContext()
    {
        string script = _engine.PathOf("script.ps1");
        File.WriteAllText(script, $$"""
            Import-Module '{{Engine.ModulePath}}'
            'ICSharpCode.SharpZipLib', 'SharpCompress', 'ZstdSharp' | ForEach-Object {
                $loaded = [Reflection.Assembly]::Load($_)
                "$($loaded.GetName().Name) $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($loaded).Name)"
            }
            'OciPS', 'OciPS.Core' | ForEach-Object {
                $loaded = [Reflection.Assembly]::Load($_)
                "$($loaded.GetName().Name) $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($loaded).Name)"
            }
            try { [Reflection.Assembly]::Load('No.Such.Library') } catch { 'not found' }
            """);

        Assert.Equal(
            ["ICSharpCode.SharpZipLib OciPS", "SharpCompress OciPS", "ZstdSharp OciPS", "OciPS Default", "OciPS.Core Default", "not found"], RunAlone(script));
    }

    // With the older library in a context of its own, so that this process is none the wiser.
    private static byte[] Bzip2(byte[] bytes)
    {
        var context = new AssemblyLoadContext("Bzip2", isCollectible: true);
        Type type = context.LoadFromAssemblyPath(OlderLibrary).GetType("ICSharpCode.SharpZipLib.BZip2.BZip2OutputStream", throwOnError: true)!;
        using var compressed = new MemoryStream();
        using (var bzip2 = (Stream)Activator.CreateInstance(type, compressed)!)
        {
            bzip2.Write(bytes);
        }

        context.Unload();
        return compressed.ToArray();
    }

    private static string[] RunAlone(string script)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "OciPS.Tests.dll"), script },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(string.Empty, errors.Result);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
