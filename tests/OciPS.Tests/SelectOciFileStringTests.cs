// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What Select-OciFileString finds is what Select-String finds in the same files on disk.</summary>
public sealed class SelectOciFileStringTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> s_files = new()
    {
        ["app.conf"] = "# settings\npassword = one\nuser=x\nPASSWORD=two\n\nlast password"u8.ToArray(),
        ["dos.ini"] = "a\r\nPassword=three\r\nb\r\nc\r\n"u8.ToArray(),
        ["none.txt"] = "nothing\nhere\n"u8.ToArray(),
        ["special.txt"] = "a.c\nabc\n(x)\n"u8.ToArray(),
        ["utf16.txt"] = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("eins\npassword=vier\n")],
    };

    private readonly Engine _engine = new();

    public SelectOciFileStringTests()
    {
        var files = new TarBuilder().Folder("files");
        Directory.CreateDirectory(_engine.GetPath("disk"));
        foreach ((string name, byte[] content) in s_files)
        {
            files.File($"files/{name}", content);
            File.WriteAllBytes(_engine.GetPath($"disk/{name}"), content);
        }

        files.File("bin/tool", [127, 69, 76, 70, 0, .. "password"u8]).Link("files/link", "app.conf");
        _engine.Layout("images").Add("app", new TestImage(TestLayer.Gzip(files)));
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("password")]
    [InlineData("'pass\\w+\\s*=\\s*(?<value>\\w+)'")]
    [InlineData("password -CaseSensitive")]
    [InlineData("'a.c'")]
    [InlineData("'a.c' -SimpleMatch")]
    [InlineData("'(x)' -SimpleMatch")]
    [InlineData("'user', 'password'")]
    [InlineData("password -NotMatch")]
    [InlineData("password -List")]
    [InlineData("'^$'")]
    public void Lines_OfFiles_AreWhatSelectStringFindsOnDisk(string parameters)
    {
        string[] expected = Texts(
            $"Get-ChildItem disk -File | Select-String {parameters} | ForEach-Object {{ \"$($_.Filename):$($_.LineNumber):$($_.Line)\" }}");

        Assert.Equal(
            expected,
            Texts($"Get-OciImageFile oci:images:app -Path 'files/*' | Select-OciFileString {parameters} | ForEach-Object {{ "
                + $"\"$($_.FullName -replace '^files/'):$($_.LineNumber):$($_.Line)\" }}"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2, 1")]
    [InlineData("0, 3")]
    [InlineData("10")]
    public void Context_OfALine_IsWhatSelectStringGives(string context)
    {
        // Select-String leaves out of a context what is one of its results, so that one pattern is taken that is found once.
        string expected = Assert.Single(
            Texts($"Select-String 'user' disk/app.conf -Context {context} | ForEach-Object {{ "
                + $"\"$($_.Context.PreContext)|$($_.Context.PostContext)\" }}"));

        Assert.Equal(
            expected,
            Assert.Single(
                Texts($"Get-OciImageFile oci:images:app -LiteralPath files/app.conf | Select-OciFileString user -Context {context} | "
                    + $"ForEach-Object {{ \"$($_.Before)|$($_.After)\" }}")));
    }

    [Fact]
    public void Matches_OfALine_HaveGroupsByNumberAndName()
    {
        PSObject found = Assert.Single(
            _engine.Run("Get-OciImageFile oci:images:app -LiteralPath files/dos.ini | Select-OciFileString '(?<name>pass\\w+)=(\\w+)'"));
        _engine.Set("found", found);

        Assert.Equal(
            ["Password=three", "0", "14", "three", "Password"],
            Texts("$m = $found.Matches; $m.Value; $m.Index; $m[0].Length; $m[0].Groups[1].Value; ($m.Groups | Where-Object Name -eq "
                + "name).Value"));
    }

    [Fact]
    public void Matches_SeveralInALine_AllComeOut() =>
        Assert.Equal(
            ["s", "s"],
            Texts("Get-OciImageFile oci:images:app -LiteralPath files/app.conf | Select-OciFileString 's' | Select-Object -First 1 | "
                + "ForEach-Object { $_.Matches.Value } | Select-Object -First 2"));

    [Fact]
    public void BinaryFile_IsNotSearchedUnlessAsked_AndIsTold()
    {
        Result skipped = _engine.Invoke(
            "Get-OciImageFile oci:images:app -Path 'bin/*' | Select-OciFileString password -Verbose 4>&1 | Out-Null; Get-OciImageFile "
                + "oci:images:app | Select-OciFileString ELF");
        Result searched = _engine.Invoke("Get-OciImageFile oci:images:app | Select-OciFileString ELF -IncludeBinary");

        Assert.Empty(skipped.Output);
        Assert.Equal(2, skipped.Warnings.Count(warning => warning.Contains("1 binary file was not searched", StringComparison.Ordinal)));
        Assert.Empty(searched.Warnings);
        Assert.Equal("bin/tool", Assert.Single(searched.Output).Properties["FullName"].Value);
    }

    [Fact]
    public void Matches_PipedOn_AreFilesToRemove()
    {
        _engine.Run(
            "Get-OciImageFile oci:images:app | Select-OciFileString 'password' -List | Remove-OciImageFile -Destination oci:images:clean");

        Assert.Equal(
            ["files/none.txt", "files/special.txt", "bin/tool"], Texts("Get-OciImageFile oci:images:clean | ForEach-Object FullName"));
    }

    [Fact]
    public void Pattern_ThatIsNone_IsATerminatingError() =>
        Assert.StartsWith(
            "InvalidPattern,",
            _engine.Invoke("Get-OciImageFile oci:images:app | Select-OciFileString '('").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

    [Fact]
    public void Pattern_ThatNeverEnds_IsAnErrorForTheFileAndTheOthersGoOn()
    {
        _engine.Layout("images")
            .Add("slow", new TestImage(TestLayer.Gzip(new TarBuilder().File("a", new string('a', 60) + "!").File("b", "aaab"))));

        Result result = _engine.Invoke("Get-OciImageFile oci:images:slow | Select-OciFileString '^(a+)+b?$|aab'");

        Assert.StartsWith("PatternTimeout,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("b", Assert.Single(result.Output).Properties["FullName"].Value);
    }

    [Fact]
    public void Rows_OfACsv_AreSearched() =>
        Assert.Equal(
            ["files/dos.ini"],
            Texts("Get-OciImageFile oci:images:app | Select-Object Reference, FullName | ConvertTo-Csv | ConvertFrom-Csv | "
                + "Select-OciFileString 'three' | ForEach-Object FullName"));

    [Theory]
    [InlineData("")]
    [InlineData("| ConvertTo-Csv | ConvertFrom-Csv")]
    [InlineData("| ConvertTo-Json -Depth 5 | ConvertFrom-Json")]
    public void Matches_OfSeveralPlatforms_LeadToTheFilesThatTheyAreIn(string boundary)
    {
        AddIndex();

        string[] lines = Texts(
            $"Get-OciImageFile oci:images:multi -Platform * | Select-OciFileString machine {boundary} | Get-OciFileContent");

        Assert.Equal(["machine=amd64", "machine=arm64"], lines);
    }

    [Fact]
    public void Matches_OfSeveralPlatforms_ArePinnedToTheImageThatTheyAreIn()
    {
        AddIndex();

        Assert.Equal(
            Texts("Get-OciPlatform oci:images:multi | ForEach-Object { \"$_ $($_.Reference.Split('@')[-1])\" }"),
            Texts("Get-OciImageFile oci:images:multi -Platform * | Select-OciFileString machine | ForEach-Object { \"$($_.Platform) "
                + "$($_.DigestReference.Split('@')[-1])\" }"));
    }

    [Fact]
    public void View_OfSeveralPlatforms_TellsThemApart()
    {
        AddIndex();

        string shown = string.Concat(Texts("Get-OciImageFile oci:images:multi -Platform * | Select-OciFileString machine | Out-String"));

        Assert.Contains("images:multi (linux/amd64)", shown, StringComparison.Ordinal);
        Assert.Contains("images:multi (linux/arm64)", shown, StringComparison.Ordinal);
    }

    private void AddIndex()
    {
        foreach (string machine in (string[])["amd64", "arm64"])
        {
            _engine.Layout("images")
                .Add(machine, new TestImage(machine, TestLayer.Gzip(new TarBuilder().File("etc/machine", $"machine={machine}"))));
        }

        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 oci:images:multi");
    }

    private string[] Texts(string script) => [.. _engine.Run(script).Select(item => item.ToString())];
}
