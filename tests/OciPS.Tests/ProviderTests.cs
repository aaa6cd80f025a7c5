// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Drives over images, through the engine's own interface; tests/Pester has PowerShell's cmdlets.</summary>
public sealed class ProviderTests : IDisposable
{
    private const string NewDrive = """
        function New-Drive($Root) {
            $null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('app', $ExecutionContext.SessionState.Provider.GetOne('Oci'), $Root, '', $null), 'Global')
        }
        $provider = $ExecutionContext.InvokeProvider

        """;

    private readonly Engine _engine = new();

    public ProviderTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    private IReadOnlyList<PSObject> Run(string script) => _engine.Run(NewDrive + "New-Drive oci:images:app\n" + script);

    [Fact]
    public void ChildItems_Recursive_AreWhatTheContainerSees() => Assert.Equal(
        [
            ".dockerenv", "app", "app/Upper.KEY", "app/copy", "app/readme.txt", "app/server.key", "bin", "bin/alias", "bin/tool", "etc",
            "etc/passwd", "etc/ssl", "etc/ssl/private.key", "lib", "usr", "usr/lib", "usr/lib/libc.so"],
        Run("$provider.ChildItem.Get('app:/', $true)").Texts("FullName").Order(StringComparer.Ordinal));

    [Fact]
    public void Item_OfADrive_IsAnImageFileWithoutAPath()
    {
        PSObject item = Assert.Single(Run("$provider.Item.Get('app:/bin/alias')"));

        Assert.Equal("OciPS.OciImageFile", item.BaseObject.GetType().FullName);
        Assert.Equal("tool", item.Text("LinkTarget"));
        Assert.Equal($"OciPS\\Oci::oci:{_engine.GetPath("images")}:app/bin/alias", item.Text("PSPath"));
        Assert.Null(item.Properties["Path"]);
    }

    [Theory]
    [InlineData("app:/etc/passwd", true)]
    [InlineData("app:\\etc\\passwd", true)]
    [InlineData("app:/lib/libc.so", true)]
    [InlineData("app:/etc/Passwd", false)]
    [InlineData("app:/nothing", false)]
    public void Exists_Path_IsAsInTheImage(string path, bool expected) =>
        Assert.Equal(
            expected, _engine.Run(NewDrive + "New-Drive oci:images:app\n$provider.Item.Exists($args[0])", path).Single().BaseObject);

    [Fact]
    public void Content_OfFiles_IsReadByLinesInAnyOrder() => Assert.Equal(
        ["SECRET-KEY-ONE", "root:x:0:0:new", "upper", "SECRET-KEY-ONE"],
        Run("foreach ($path in 'etc/ssl/private.key', 'etc/passwd', 'app/copy', 'etc/ssl/private.key') { $reader = "
            + "$provider.Content.GetReader(\"app:/$path\")[0]; $reader.Read(-1); $reader.Close() }")
            .Select(line => line.ToString()));

    [Fact]
    public void Contents_ReadTogether_DoNotDisturbEachOther()
    {
        _engine.Layout("images").Add("many", new TestImage(TestLayer.Gzip(Enumerable.Range(0, 50).Aggregate(
            new TarBuilder(), (tar, i) => tar.File($"f{i:00}", new string((char)('A' + (i % 26)), 5000))))));

        IReadOnlyList<PSObject> texts = _engine.Run(NewDrive + """
            New-Drive oci:images:many
            $files = $provider.ChildItem.Get('app:/', $false)
            foreach ($pass in 1..3) {
                $streams = foreach ($file in $files) { $file.OpenRead() }
                for ($i = $streams.Count - 1; $i -ge 0; $i--) {
                    $text = [IO.StreamReader]::new($streams[$i]).ReadToEnd()
                    "$($files[$i].Name) $($text.Length) $($text[0]) $($text.Trim($text[0]).Length)"
                    $streams[$i].Dispose()
                }
            }
            """);

        string[] expected = [.. Enumerable.Range(0, 50).Reverse().Select(i => $"f{i:00} 5000 {(char)('A' + (i % 26))} 0")];
        Assert.Equal([.. expected, .. expected, .. expected], texts.Select(text => text.ToString()));
    }

    [Fact]
    public void Content_AfterTheDriveIsGone_IsReadAllTheSame() => Assert.Equal(
        "SECRET-KEY-ONE",
        Run("$file = $provider.Item.Get('app:/etc/ssl/private.key'); $ExecutionContext.SessionState.Drive.Remove('app', $true, 'Global'); "
            + "$file.ReadAllText()").Single().ToString());

    [Fact]
    public void Drive_OverAnImageWithoutLayers_HasARoot()
    {
        _engine.Layout("images").Add("empty", new TestImage());

        Assert.Equal("Directory", _engine.Run(NewDrive + "New-Drive oci:images:empty; $provider.Item.Get('app:/')").Single().Text("Type"));
    }

    [Fact]
    public void Drive_OverATagThatWasMoved_IsStillOverItsImage()
    {
        _engine.Layout("images").Add("other", new TestImage(TestLayer.Gzip(new TarBuilder().File("only", "1"))));

        IReadOnlyList<PSObject> roots = Run("""
            $null = Copy-OciImage oci:images:other oci:images:app
            $null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('moved', $ExecutionContext.SessionState.Provider.GetOne('Oci'), 'oci:images:app', '', $null), 'Global')
            "$($provider.ChildItem.GetNames('moved:/', 'ReturnAllContainers', $false))"
            $item = $provider.Item.Get('app:/etc/passwd')
            $provider.Item.Exists($item.PSPath)
            $ExecutionContext.SessionState.Drive.Get('moved').Root
            """);

        Assert.Equal("only", roots[0].ToString());
        Assert.Equal("True", roots[1].ToString());
        Assert.Equal($"oci:{_engine.GetPath("images")}:app@{_engine.Layout("images").GetDigest("other")}", roots[2].ToString());
    }

    [Theory]
    [InlineData("Remove('app:/etc/passwd', $false)")]
    [InlineData("New('app:/new', 'new', 'file', 'x')")]
    [InlineData("Clear('app:/etc/passwd')")]
    public void Item_Changed_IsReadOnly(string call)
    {
        Result result = _engine.Invoke(NewDrive + "New-Drive oci:images:app\n$null = $provider.Item." + call);

        Assert.Contains("read-only", string.Concat(result.AllErrors), StringComparison.Ordinal);
    }
}
