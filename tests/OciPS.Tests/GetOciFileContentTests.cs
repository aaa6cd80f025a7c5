// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What Get-OciFileContent gives is what Get-Content gives of the same file on disk.</summary>
public sealed class GetOciFileContentTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> s_files = new()
    {
        ["empty"] = [],
        ["unix.txt"] = "one\ntwo\n\nfour\n"u8.ToArray(),
        ["dos.txt"] = "one\r\ntwo\r\nthree"u8.ToArray(),
        ["utf8.txt"] = "grün €\n"u8.ToArray(),
        ["bom.txt"] = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("grün\nzwei\n")],
        ["latin1.txt"] = Encoding.Latin1.GetBytes("grün\nzwei"),
        ["mark.txt"] = Encoding.UTF8.GetPreamble(),
        ["bytes.bin"] = [0, 255, 13, 10, 128, 0],
        ["large.txt"] = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, 5000).Select(number => $"line {number} {new string('x', number % 100)}\n"))),
    };

    /// <summary>The names that Get-Content completes, and those that it takes without telling.</summary>
    public static TheoryData<string> Encodings =>
    [
        "ansi", "ascii", "bigendianunicode", "bigendianutf32", "oem", "unicode", "utf7", "utf8", "utf8BOM", "utf8NoBOM", "utf32",
        "default", "string", "unknown", "OEM", "latin1", "437", "iso-8859-15",
    ];

    private readonly Engine _engine = new();

    public GetOciFileContentTests()
    {
        var files = new TarBuilder();
        Directory.CreateDirectory(_engine.GetPath("disk"));
        foreach ((string name, byte[] content) in s_files)
        {
            files.File($"files/{name}", content);
            File.WriteAllBytes(_engine.GetPath($"disk/{name}"), content);
        }

        TarBuilder links = new TarBuilder().Folder("usr/lib").File("usr/lib/os-release", "NAME=example\n").Folder("etc")
            .Link("etc/os-release", "../usr/lib/os-release")
            .Link("etc/nowhere", "missing").HardLink("etc/copy", "usr/lib/os-release").File("etc/changed", "old").File("etc/gone", "x");
        TarBuilder top = new TarBuilder().File("etc/changed", "new").File("etc/.wh.gone", string.Empty);
        _engine.Layout("images").Add("app", new TestImage(TestLayer.Gzip(files), TestLayer.Gzip(links), TestLayer.Gzip(top)));
    }

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string name in s_files.Keys)
        {
            foreach (string parameters in new[]
            {
                "", "-Raw", "-AsByteStream", "-AsByteStream -Raw", "-TotalCount 2", "-TotalCount 0", "-AsByteStream -TotalCount 3",
                "-Encoding latin1", "-Encoding unicode -Raw",
            })
            {
                cases.Add(name, parameters);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Encoding_AnyThatGetContentTakes_IsReadAsItDoes(string encoding)
    {
        string parameters = $"-Raw -Encoding {encoding} -WarningAction Ignore";
        foreach (string file in new[] { "utf8.txt", "latin1.txt", "bytes.bin", "bom.txt" })
        {
            string expected = _engine.Run($"Get-Content disk/{file} {parameters}").Single().ToString();
            string actual = _engine.Run($"Get-OciFileContent oci:images:app -LiteralPath files/{file} {parameters}").Single().ToString();

            Assert.Equal(expected, actual);
        }
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Content_OfAFile_IsWhatGetContentGivesOfItOnDisk(string name, string parameters)
    {
        object[] expected = Values($"Get-Content disk/{name} {parameters}");

        Assert.Equal(expected, Values($"Get-OciFileContent oci:images:app files/{name} {parameters}"));
        Assert.Equal(expected, Values($"Get-OciImageFile oci:images:app -LiteralPath files/{name} | Get-OciFileContent {parameters}"));
        Assert.Equal(
            expected,
            Values($"$later = Get-OciImageFile oci:images:app -LiteralPath files/{name}; $later | Get-OciFileContent {parameters}"));
        Assert.Equal(
            expected,
            Values($"Get-OciImageFile oci:images:app -LiteralPath files/{name} | Select-Object * | ConvertTo-Csv | ConvertFrom-Csv | "
                + $"Get-OciFileContent {parameters}"));
    }

    [Theory]
    [InlineData("etc/os-release", "NAME=example")]
    [InlineData("/etc/copy", "NAME=example")]
    [InlineData("./etc/changed", "new")]
    public void LiteralPath_ThroughLinksAndLayers_IsWhatAContainerReads(string path, string expected) =>
        Assert.Equal([expected], Values($"Get-OciFileContent oci:images:app {path}"));

    [Theory]
    [InlineData("etc/gone", "FileNotFoundInImage")]
    [InlineData("etc/nowhere", "FileNotFoundInImage")]
    [InlineData("nothing", "FileNotFoundInImage")]
    [InlineData("etc", "UnsupportedFileType")]
    public void LiteralPath_ThatHasNoContent_IsAnErrorAndTheOthersGoOn(string path, string errorId)
    {
        Result result = _engine.Invoke($"Get-OciFileContent oci:images:app {path}, etc/changed");

        Assert.Equal($"{errorId},OciPS.Commands.GetOciFileContentCommand", result.Error.FullyQualifiedErrorId);
        Assert.Equal("new", Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void Rows_OfAnImage_AreReadInTheLayerThatTheyName()
    {
        object[] both = Values(
            "Get-OciImageFile oci:images:app -LiteralPath etc/changed | Select-Object Reference, FullName, LayerDigest | "
                + "Get-OciFileContent");
        object[] visible = Values(
            "Get-OciImageFile oci:images:app -LiteralPath etc/changed | Select-Object Reference, FullName -First 1 | Get-OciFileContent");

        Assert.Equal(["old", "new"], both);
        Assert.Equal(["new"], visible);
    }

    [Theory]
    [InlineData("*", "of amd64", "of arm64")]
    [InlineData("linux/arm64", "of arm64")]
    public void LiteralPath_OfSomePlatforms_IsReadOfEach(string platform, params string[] expected)
    {
        foreach (string architecture in new[] { "amd64", "arm64" })
        {
            _engine.Layout("images")
                .Add(architecture, new TestImage(architecture, TestLayer.Gzip(new TarBuilder().File("a", $"of {architecture}"))));
        }

        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 oci:images:both");

        Assert.Equal(expected, Values($"Get-OciFileContent oci:images:both a -Platform {platform}"));
    }

    [Fact]
    public void Rows_ThatAreNotThere_AreAnErrorEach()
    {
        Result result = _engine.Invoke(
            "[pscustomobject] @{ Reference = 'oci:images:app'; FullName = 'no' }, [pscustomobject] @{ Reference = 'oci:images:app'; "
                + "FullName = 'etc/changed' } | Get-OciFileContent");

        Assert.StartsWith("FileNotFoundInImage,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("new", Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void Input_ThatIsNoFile_IsOneErrorThatNamesWhatIsMissing()
    {
        Result result = _engine.Invoke(
            "1, (Get-Item disk), $null, (Get-OciImageFile oci:images:app -LiteralPath etc/gone) | Get-OciFileContent");

        Assert.StartsWith("InputNotUnderstood,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("3 items", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("'FullName' and 'Reference'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("x", Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void First_OfALargeFile_StopsThere() =>
        Assert.Equal(
            ["line 0 "],
            Values("Get-OciImageFile oci:images:app -LiteralPath files/large.txt | Get-OciFileContent | Select-Object -First 1"));

    [Fact]
    public void Raw_WithTotalCount_IsAnError() =>
        Assert.StartsWith(
            "ConflictingParameters,",
            _engine.Invoke("Get-OciFileContent oci:images:app etc/changed -Raw -TotalCount 1").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

    [Fact]
    public void Content_UnderConstrainedLanguage_IsRead()
    {
        _engine.Run("$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'");

        Assert.Equal(["new"], Values("Get-OciImageFile oci:images:app -Path 'etc/chang*' -Flatten | Get-OciFileContent"));
        Assert.NotEmpty(_engine.Invoke("(Get-OciImageFile oci:images:app -LiteralPath etc/changed)[0].ReadAllText()").AllErrors);
    }

    private object[] Values(string script) => [.. _engine.Run(script).Select(item => item.BaseObject)];
}
