// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Files are found, written to a CSV, looked through by a person, and taken out.</summary>
public sealed class ReviewedFilesTests : IDisposable
{
    private readonly Engine _engine = new();

    public ReviewedFilesTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Export-Csv found.csv", "Import-Csv found.csv")]
    [InlineData("Select-Object Reference, FullName | Export-Csv found.csv", "Import-Csv found.csv")]
    [InlineData("Select-Object Reference, FullName, Destination | Export-Csv found.csv", "Import-Csv found.csv")]
    [InlineData("ConvertTo-Json -Depth 5 | Set-Content found.json", "Get-Content found.json | ConvertFrom-Json")]
    [InlineData("Select-Object * | Export-Clixml found.xml", "Import-Clixml found.xml")]
    [InlineData("ForEach-Object { [pscustomobject] @{ Reference = $_.Reference; FullName = $_.FullName } } | Set-Variable rows", "$rows")]
    public void Rows_WrittenReviewedAndPiped_TakeExactlyThoseFilesOut(string write, string read)
    {
        _engine.Run($"Get-OciImageFile oci:images:app -Path '*key', '*.KEY' | {write}");

        _engine.Run($"{read} | Where-Object FullName -ne 'app/Upper.KEY' | Remove-OciImageFile -Destination oci:images:clean");

        Assert.Equal(["app/Upper.KEY"], _engine.Run("Get-OciImageFile oci:images:clean -Path '*key', '*.KEY'").Texts("FullName"));
    }

    [Fact]
    public void Rows_WithADestinationColumn_GoWhereTheColumnSays()
    {
        _engine.Run("""
            Get-OciImageFile oci:images:app -LiteralPath etc/ssl/private.key | Select-Object Reference, FullName, @{ n = 'Destination'; e = { 'oci:images:there' } } | Export-Csv found.csv
            Import-Csv found.csv | Remove-OciImageFile
            """);

        Assert.Empty(_engine.Run("Get-OciImageFile oci:images:there -Path '*private.key'"));
        Assert.Single(_engine.Run("Get-OciImageFile oci:images:app -Path '*private.key'"));
    }

    [Fact]
    public void Rows_Exported_AreTheFilesOfTheirLayers()
    {
        _engine.Run("Get-OciImageFile oci:images:app -Path 'app/*', etc/ssl/private.key | Select-Object * | Export-Csv found.csv");

        _engine.Run("Import-Csv found.csv | Export-OciImageFile out");

        Assert.Equal("SECRET-KEY-ONE", File.ReadAllText(_engine.GetPath("out/etc/ssl/private.key")));
        Assert.Equal("hello", File.ReadAllText(_engine.GetPath("out/app/readme.txt")));
    }

    [Fact]
    public void Rows_OfAnIndex_AreReadOnTheirPlatform()
    {
        _engine.Layout("images").Add("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("a", "of amd64"))));
        _engine.Layout("images").Add("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("a", "of arm64"))));
        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 oci:images:both");

        Assert.Equal(
            ["of arm64"],
            _engine.Run(
                "[pscustomobject] @{ Reference = 'oci:images:both'; FullName = 'a'; Platform = 'linux/arm64' } | Get-OciFileContent")
                    .Select(line => line.ToString()));
    }

    [Theory]
    [InlineData("Select-Object *", "")]
    [InlineData("Select-Object * | Export-Csv found.csv", "Import-Csv found.csv")]
    [InlineData("Export-Clixml found.xml", "Import-Clixml found.xml")]
    [InlineData("ConvertTo-Json | Set-Content found.json", "Get-Content found.json | ConvertFrom-Json")]
    public void Rows_OfThreePlatforms_KeepThemApart(string write, string read)
    {
        string[] architectures = ["amd64", "arm64", "s390x"];
        foreach (string architecture in architectures)
        {
            _engine.Layout("images")
                .Add(architecture, new TestImage(architecture, TestLayer.Gzip(new TarBuilder().File("a", "of " + architecture))));
        }

        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64, oci:images:s390x oci:images:all");
        string find = "Get-OciImageFile oci:images:all -Platform * -Path a";

        IReadOnlyList<System.Management.Automation.PSObject> rows = _engine.Run(
            read.Length == 0 ? $"{find} | {write}" : $"{find} | {write}; {read}");
        string[] content = [.. _engine.Run(
            read.Length == 0 ? $"{find} | {write} | Get-OciFileContent" : $"{read} | Get-OciFileContent").Select(line => line.ToString())];

        Assert.Equal(["linux/amd64", "linux/arm64", "linux/s390x"], rows.Select(row => (string?)row.Properties["Platform"].Value));
        Assert.All(rows, row => Assert.EndsWith(":all", (string?)row.Properties["Reference"].Value, StringComparison.Ordinal));
        Assert.Equal(
            architectures.Select(architecture => $"oci:{_engine.GetPath("images")}@{_engine.Layout("images").GetDigest(architecture)}"),
            rows.Select(row => (string?)row.Properties["DigestReference"].Value));
        Assert.Equal(["of amd64", "of arm64", "of s390x"], content);
    }

    [Fact]
    public void Rows_OfOnePlatform_AreTakenOutOfAll()
    {
        _engine.Layout("images")
            .Add("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("a", "of amd64").File("b", "b"))));
        _engine.Layout("images")
            .Add("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("a", "of arm64").File("b", "b"))));
        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 oci:images:both");
        _engine.Run("Get-OciImageFile oci:images:both -Platform linux/arm64 -Path a | Export-Csv found.csv");

        string removed =
            _engine.Run(
                "Import-Csv found.csv | Remove-OciImageFile -Destination oci:images:clean | ForEach-Object { $_.RemovedFiles.Platform "
                    + "-join ' ' }").Single().ToString();

        Assert.Equal("linux/amd64 linux/arm64", removed);
        Assert.Equal(["b", "b"], _engine.Run("Get-OciImageFile oci:images:clean -Platform *").Texts("FullName"));
    }

    [Fact]
    public void Rows_OfASingleImage_HaveNoPlatformAndAreRead()
    {
        _engine.Run("Get-OciImageFile oci:images:app -Path app/readme.txt | Export-Csv found.csv");

        Assert.Equal("", _engine.Run("Import-Csv found.csv").Single().Properties["Platform"].Value);
        Assert.Equal(["hello"], _engine.Run("Import-Csv found.csv | Get-OciFileContent").Select(line => line.ToString()));
    }

    [Theory]
    [InlineData("Remove-OciImageFile -Destination oci:images:clean")]
    [InlineData("Export-OciImageFile out")]
    [InlineData("Select-OciFileString x")]
    public void Input_OfManyStrangers_IsOneError(string command)
    {
        Result result = _engine.Invoke($"1..100 | {command}");

        Assert.StartsWith("InputNotUnderstood,OciPS.Commands.", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("100 items", result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_engine.GetPath("out")));
    }

    [Fact]
    public void PipedFiles_WithPath_AreAnErrorAndNothingIsWritten()
    {
        Result result = _engine.Invoke(
            "[pscustomobject] @{ Reference = 'oci:images:app'; FullName = 'app/copy' } | Remove-OciImageFile -Path '*.key' -Destination "
                + "oci:images:clean");

        Assert.StartsWith("ConflictingParameters,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.NotEmpty(_engine.Invoke("Get-OciManifest oci:images:clean").AllErrors);
    }
}
