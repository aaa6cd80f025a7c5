// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Names with bytes that are not UTF-8, on all ways through the module. Linux takes any bytes but slash and NUL.</summary>
[Collection(Alone.Name)]
public sealed class OddNameTests : IDisposable
{
    // Of the names below: what stands for a byte that is not UTF-8.
    private const byte E8 = (byte)'Q';
    private const byte E9 = (byte)'Z';

    private readonly Engine _engine = new();

    public OddNameTests() => Images.Add("app", new TestImage(TestLayer.Gzip(WithOddBytes(new TarBuilder()
        .File("aQ", "e8").File("aZ", "e9").File(@"a\xe8", "characters").Folder("dQ").File("dQ/in", "inside").Link("linkQ", "aZ")
        .HardLink("hardZ", "aQ")
        .File(@"system-a\x2db.slice", "unit")))));

    public void Dispose()
    {
        if (Directory.Exists(_engine.GetPath("dest")))
        {
            // .NET cannot say these names.
            Tool.Run("rm", "-rf", _engine.GetPath("dest"));
        }

        _engine.Dispose();
    }

    private Layout Images => _engine.Layout("images");

    [Fact]
    public void Listing_OddNames_AreDistinctText()
    {
        IReadOnlyList<PSObject> files = _engine.Run("Get-OciImageFile oci:images:app -Type File, Directory, SymbolicLink, HardLink");

        Assert.Equal(
            [@"a\xe8", @"a\xe9", @"a\x5cxe8", @"d\xe8", @"d\xe8/in", @"link\xe8", @"hard\xe9", @"system-a\x2db.slice"],
            files.Texts("FullName"));
        Assert.Equal(8, files.Texts("Id").Distinct().Count());
        Assert.EndsWith(@":a\xe8", files[0].Text("Id"), StringComparison.Ordinal);
        Assert.EndsWith(@"!/a\xe8", files[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(@"a\xe9", files[5].Text("LinkTarget"));
        Assert.Contains(_engine.Show("Get-OciImageFile oci:images:app"), line => line.Contains(@"a\xe8", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-LiteralPath", @"a\xe8", "e8")]
    [InlineData("-LiteralPath", @"a\xe9", "e9")]
    [InlineData("-LiteralPath", @"a\x5cxe8", "characters")]
    [InlineData("-LiteralPath", @"/d\xe8/./in", "inside")]
    [InlineData("-LiteralPath", @"system-a\x2db.slice", "unit")]
    [InlineData("-Path", @"a\xe8", "e8")]
    [InlineData("-Path", @"*\xe9", "e9")]
    [InlineData("-Path", @"d*/i?", "inside")]
    public void Selection_ByShownText_IsThatFile(string parameter, string text, string content) =>
        Assert.Equal(
            content,
            Assert.Single(_engine.Run($"Get-OciImageFile oci:images:app {parameter} $args | ForEach-Object ReadAllText", text)).ToString());

    [Fact]
    public void Selection_ShownTextOutOfAFile_IsTheSameFile()
    {
        File.WriteAllLines(_engine.GetPath("names.txt"), _engine.Run("Get-OciImageFile oci:images:app").Texts("FullName"));
        _engine.Set("names", File.ReadAllLines(_engine.GetPath("names.txt")));

        Assert.Equal(
            ["e8", "e9", "characters", "inside", "unit"],
            _engine.Run("Get-OciImageFile oci:images:app -LiteralPath $names | ForEach-Object ReadAllText")
                .Select(text => text.ToString()));
    }

    [Theory]
    [InlineData(@"Remove-OciImageFile oci:images:app -LiteralPath 'a\xe8' -Destination oci:out:x")]
    [InlineData(@"Get-OciImageFile oci:images:app -LiteralPath 'a\xe8' | Remove-OciImageFile -Destination oci:out:x")]
    [InlineData(@"Remove-OciImageFile oci:images:app -FilterScript { $_.FullName -eq 'a\xe8' } -Destination oci:out:x")]
    public void Removal_OddName_TakesThatAloneAndLinksLive(string script)
    {
        Result result = _engine.Invoke(script);

        Assert.Empty(result.AllErrors);
        Assert.Equal([@"a\xe8"], Assert.Single(result.Output).List("RemovedFiles").Texts("FullName"));
        Assert.Contains(@"'hard\xe9'", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(
            [@"a\xe9", @"a\x5cxe8", @"d\xe8/in", @"hard\xe9", @"system-a\x2db.slice"],
            _engine.Run("Get-OciImageFile oci:out:x").Texts("FullName"));
        Assert.Equal(
            "e8",
            Assert.Single(_engine.Run(@"Get-OciImageFile oci:out:x -LiteralPath 'hard\xe9' | ForEach-Object ReadAllText")).ToString());
    }

    [Fact]
    public void Removal_OddNameMissing_IsShownInTheErrorAsItWasGiven()
    {
        ErrorRecord error = _engine.Invoke(@"Remove-OciImageFile oci:images:app -LiteralPath 'b\xe8' -Destination oci:out:x").Error;

        error.ShouldBe("FileNotFoundInImage");
        Assert.Contains(@"'b\xe8'", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_OddName_IsShown()
    {
        _engine.Run(@"Remove-OciImageFile oci:images:app -Path 'a*' -Destination oci:out:x -WhatIf");

        Assert.Contains(@"  layer 0: a\xe8 (2 bytes)", _engine.Host.Lines);
        Assert.Contains(@"  layer 0: a\xe9 (2 bytes)", _engine.Host.Lines);
    }

    [PeerTheory("python3")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Type File, Directory, SymbolicLink, HardLink | Where-Object { $_.FullName -notmatch 'x5c|x2d' } "
            + "| Export-OciImageFile dest")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Type File, Directory, SymbolicLink, HardLink | Where-Object { $_.FullName -notmatch 'x5c|x2d' } "
            + "| Export-OciImageFile dest; Get-OciImageFile oci:images:app -Type File, SymbolicLink, HardLink | Where-Object { $_.FullName "
            + "-notmatch 'x5c|x2d' } | Export-OciImageFile dest -Force")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Type File, SymbolicLink, HardLink | Where-Object { $_.FullName -notmatch 'x5c|x2d' } | "
            + "Export-OciImageFile dest; Get-OciImageFile oci:images:app -Type Directory | Export-OciImageFile dest -Force")]
    public void Export_OddNames_HaveTheVeryBytes(string script)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Result result = _engine.Invoke(script);

        Assert.Empty(result.AllErrors);
        Assert.Contains(result.Warnings, warning => warning.Contains(@"a\xe8", StringComparison.Ordinal));
        Assert.Equal(
            [
                @"b'a\xe8' = e8", @"b'a\xe9' = e9", @"b'd\xe8' /", @"b'd\xe8/in' = inside",
                @"b'hard\xe9' = e8", @"b'link\xe8' -> b'a\xe9'",
            ],
            ReadWithPython());
    }

    [PeerFact("python3")]
    public void Export_OddNameThatIsThere_IsKeptUnlessForced()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        const string Export =
            @"Get-OciImageFile oci:images:app -LiteralPath 'a\xe8', 'link\xe8' -Type File, SymbolicLink | Export-OciImageFile dest ";
        Assert.Equal(2, _engine.Invoke(Export).Output.Count);

        Result again = _engine.Invoke(Export);

        Assert.All(again.Errors, error => error.ShouldBe("FileExists"));
        Assert.Equal(2, again.Errors.Count);
        Assert.Empty(_engine.Invoke(Export + "-Force").AllErrors);
        Assert.Equal([@"b'a\xe8' = e8", @"b'link\xe8' -> b'a\xe9'"], ReadWithPython());
    }

    [PeerFact("python3")]
    public void Export_ThroughALinkOfAnOddName_IsRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Images.Add("evil", new TestImage(
            TestLayer.Gzip(WithOddBytes(
                new TarBuilder().Folder("sub").Link("lQ", "sub"))), TestLayer.Gzip(WithOddBytes(new TarBuilder().File("lQ/in", "out")))));

        Result result = _engine.Invoke("Get-OciImageFile oci:images:evil -Type Directory, SymbolicLink, File | Export-OciImageFile dest");

        result.Error.ShouldBe("UnsafePath");
        Assert.Equal([@"b'l\xe8' -> b'sub'", "b'sub' /"], ReadWithPython());
    }

    [Fact]
    public void Compare_OddNames_AreTold()
    {
        Images.Add("other", new TestImage(TestLayer.Gzip(WithOddBytes(new TarBuilder().File("aQ", "changed").File("aZ", "e9")))));

        IReadOnlyList<PSObject> differences = _engine.Run(
            @"Compare-OciImage oci:images:app oci:images:other -Path 'a\xe8', 'a\x5c*', 'a\xe9'");

        Assert.Equal([@"a\x5cxe8", @"a\xe8"], differences.Texts("Name").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Drive_OddNames_AreFilesOfTheirOwn()
    {
        _engine.Run(
            "$null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('app', "
                + "$ExecutionContext.SessionState.Provider.GetOne('Oci'), 'oci:images:app', '', $null), 'Global')");

        Assert.Contains(@"a\xe8", _engine.Run("$ExecutionContext.InvokeProvider.ChildItem.Get('app:/', $false)").Texts("FullName"));
        Assert.Equal(["e8"], Read(@"a\xe8"));
        Assert.Equal(["e9"], Read(@"a\xe9"));
        Assert.Equal(["characters"], Read(@"a\x5cxe8"));
        Assert.Equal(["inside"], Read(@"d\xe8/in"));
        Assert.Equal(["e9"], Read(@"link\xe8"));
    }

    [Fact]
    public void LayerCache_OddNames_AreTheSameFromIt()
    {
        string? before = Environment.GetEnvironmentVariable("OCIPS_LAYER_CACHE");
        try
        {
            Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", _engine.GetPath("cache"));
            string[] cold = [.. _engine.Run("Get-OciImageFile oci:images:app").Texts("Id")];

            Assert.NotEmpty(Directory.GetFiles(_engine.GetPath("cache"), "*.layer"));
            Assert.Equal(cold, _engine.Run("Get-OciImageFile oci:images:app").Texts("Id"));
            Assert.Equal(["e8"], _engine.Run(
                @"Get-OciImageFile oci:images:app -LiteralPath 'a\xe8' | ForEach-Object ReadAllText").Select(text => text.ToString()));
        }
        finally
        {
            Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", before);
        }
    }

    private IEnumerable<string?> Read(string path) =>
        _engine.Run(
            "$reader = $ExecutionContext.InvokeProvider.Content.GetReader(@(\"app:/$($args[0])\"), $false, $true)[0]; $reader.Read(-1); "
                + "$reader.Close()", path).Select(line => line.ToString());

    /// <summary>What Python finds in the folder, by the bytes of names.</summary>
    private string[] ReadWithPython() => Encoding.UTF8.GetString(Tool.Run(
        "python3",
        "-c",
        """
        import os, sys
        root = os.fsencode(sys.argv[1])
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(folder, name)
                shown = ascii(os.path.relpath(path, root))
                if os.path.islink(path): print(shown, '->', ascii(os.readlink(path)))
                elif os.path.isdir(path): print(shown, '/')
                else: print(shown, '=', open(path).read())
        """,
        _engine.GetPath("dest"))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray();

    /// <summary>Puts bytes that are not UTF-8 into names and links, and makes the checksums fit.</summary>
    private static byte[] WithOddBytes(TarBuilder builder)
    {
        byte[] tar = builder.ToBytes();
        for (int block = 0; block < tar.Length; block += 512)
        {
            Span<byte> header = tar.AsSpan(block, 512);
            if (!header[257..].StartsWith("ustar"u8))
            {
                continue;
            }

            header[..100].Replace(E8, (byte)0xE8);
            header[..100].Replace(E9, (byte)0xE9);
            header[157..257].Replace(E8, (byte)0xE8);
            header[157..257].Replace(E9, (byte)0xE9);
            header[148..156].Fill((byte)' ');
            int sum = 0;
            foreach (byte one in header)
            {
                sum += one;
            }

            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
        }

        return tar;
    }
}
