// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>How large a file may be that is read in one piece.</summary>
public sealed class ReadAllTests : IAsyncLifetime, IDisposable
{
    private const long Huge = 1L << 40;
    private const long JustTooLarge = (128 * 1024 * 1024) + 1;

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        Layout layout = _engine.Layout("images");
        layout.Add("1", new TestImage(TestLayer.Gzip(Tar())));
        _registry = await RegistryServer.StartAsync();
        _engine.Set("app", $"{_registry.Host}/team/app:1");
        _engine.Run("$null = Copy-OciImage oci:images:1 $app");
        _engine.Run("$files = @{}; Get-OciImageFile $app -Type File, HardLink | ForEach-Object { $files[$_.FullName] = $_ }");
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("$files['huge'].ReadAllText()", Huge)]
    [InlineData("$files['huge'].ReadAllBytes()", Huge)]
    [InlineData("$files['huge'].ReadAllText(1TB)", Huge)]
    [InlineData("$files['huge'].ReadAllBytes([long]::MaxValue)", Huge)]
    [InlineData("$files['large'].ReadAllText()", JustTooLarge)]
    [InlineData("$files['large'].ReadAllBytes()", JustTooLarge)]
    [InlineData("$files['large'].ReadAllBytes(128MB)", JustTooLarge)]
    [InlineData("$files['six'].ReadAllText(5)", 6)]
    [InlineData("$files['six'].ReadAllBytes(0)", 6)]
    public void ReadAll_LargerThanAllowed_IsRefusedWithItsSizeBeforeItIsRead(string script, long size)
    {
        int before = Downloads;

        AssertTooLarge(_engine.Invoke(script), size);

        Assert.Equal(before, Downloads);
    }

    [Theory]
    [InlineData("$files['link'].ReadAllText()", Huge)]
    [InlineData("$files['link'].ReadAllBytes()", Huge)]
    public void ReadAll_HardLinkToAFileThatIsTooLarge_IsRefusedWithTheFilesSize(string script, long size) =>
        AssertTooLarge(_engine.Invoke(script), size);

    [Theory]
    [InlineData("Get-OciImageFile $app -Path huge | ForEach-Object { $_.ReadAllText() }")]
    [InlineData(
        "$ErrorActionPreference = 'Stop'; Remove-OciImageFile $app -FilterScript { $_.ReadAllText() -match 'x' } -Destination oci:out:1")]
    public void ReadAll_InAPipelineOrAFilter_IsRefused(string script)
    {
        AssertTooLarge(_engine.Invoke(script), Huge);

        Assert.False(_engine.Layout("out").Exists);
    }

    [Fact]
    public void ReadAll_AsMuchAsAllowed_IsTheContent()
    {
        Assert.Equal("sixsix", Assert.Single(_engine.Run("$files['six'].ReadAllText(6)")).BaseObject);
        Assert.Equal("sixsix"u8.ToArray(), _engine.Run("$files['six'].ReadAllBytes(6)").Select(one => (byte)one.BaseObject));
        Assert.Equal(string.Empty, Assert.Single(_engine.Run("$files['empty'].ReadAllText(0)")).BaseObject);
        Assert.Equal(
            [JustTooLarge, 0L],
            _engine.Run($"$bytes = $files['large'].ReadAllBytes({JustTooLarge}); $bytes.LongLength; [long]$bytes[-1]")
                .Select(one => one.BaseObject));
    }

    [Fact]
    public void ReadAll_LessThanNothing_IsRefused() =>
        Assert.IsType<MethodInvocationException>(Assert.Single(_engine.Invoke("$files['six'].ReadAllText(-1)").AllErrors).Exception);

    private static void AssertTooLarge(Result result, long size)
    {
        Exception error = Assert.Single(result.AllErrors).Exception;
        Assert.Contains(size.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Contains("OpenRead()", error.Message, StringComparison.Ordinal);
        Assert.Equal("FileTooLarge", error.GetBaseException().GetType().GetProperty("ErrorId")?.GetValue(error.GetBaseException()));
        Assert.Empty(result.Output);
    }

    private int Downloads =>
        _registry.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    private static byte[] Tar()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            Sparse(writer, "huge", Huge);
            Sparse(writer, "large", JustTooLarge);
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "link") { LinkName = "huge" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "six") { DataStream = new MemoryStream("sixsix"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "empty"));
        }

        return tar.ToArray();
    }

    // GNU's sparse format 1.0: five bytes, and all that follows is a hole.
    private static void Sparse(TarWriter writer, string name, long size)
    {
        var records = new Dictionary<string, string>
        {
            ["GNU.sparse.major"] = "1",
            ["GNU.sparse.minor"] = "0",
            ["GNU.sparse.name"] = name,
            ["GNU.sparse.realsize"] = size.ToString(CultureInfo.InvariantCulture),
        };
        byte[] map = new byte[512];
        Encoding.ASCII.GetBytes("1\n0\n5\n").CopyTo(map, 0);
        writer.WriteEntry(new PaxTarEntry(
            TarEntryType.RegularFile, $"GNUSparseFile.0/{name}", records)
        { DataStream = new MemoryStream([.. map, .. "begin"u8]) });
    }
}
