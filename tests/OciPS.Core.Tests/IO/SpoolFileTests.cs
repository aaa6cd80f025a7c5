// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

[Collection(nameof(ChangesEnvironment))]
public sealed class SpoolFileTests : IDisposable
{
    private static readonly byte[] s_content = Sample.Noise(300_000);

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment;

    public SpoolFileTests() => _environment = new TemporaryEnvironment(_folder.Path);

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task OpenRead_WhatWasWritten_IsAllOfIt()
    {
        using SpoolFile spool = SpoolFile.Create();
        spool.Write(s_content.AsSpan(0, 100));
        await spool.WriteAsync(s_content.AsMemory(100, 100), CancellationToken.None);
        await spool.WriteAllAsync(new OneByteStream(s_content.AsMemory(200, 1000)), CancellationToken.None);
        await spool.WriteAllAsync(new MemoryStream(s_content, 1200, s_content.Length - 1200), CancellationToken.None);

        Reading whole = await Reading.FromAsync(spool.OpenRead());
        Reading part = await Reading.FromAsync(spool.OpenRead(777, 100_000), async: false);
        Reading nothing = await Reading.FromAsync(spool.OpenRead(300_000, 0));

        Assert.Equal(s_content.Length, spool.Length);
        Assert.Equal(Sample.Hash(s_content), Sample.Hash(whole.Bytes));
        Assert.Equal(Sample.Hash(s_content.AsSpan(777, 100_000)), Sample.Hash(part.Bytes));
        Assert.Empty(nothing.Bytes);
    }

    [Fact]
    public async Task OpenRead_ManyAtATime_DoNotDisturbEachOther()
    {
        using SpoolFile spool = SpoolFile.Create();
        spool.Write(s_content);

        Reading[] readings = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Reading.FromAsync(spool.OpenRead(i * 1000, 100_000), i % 2 == 0)));

        for (int i = 0; i < readings.Length; i++)
        {
            Assert.Equal(Sample.Hash(s_content.AsSpan(i * 1000, 100_000)), Sample.Hash(readings[i].Bytes));
        }
    }

    [Fact]
    public void Create_WhileInUse_ShowsNoNameOnUnix()
    {
        using SpoolFile spool = SpoolFile.Create();
        spool.Write(s_content);

        Assert.True(OperatingSystem.IsWindows() || OwnFiles().Length == 0, string.Join(", ", OwnFiles()));
    }

    [Fact]
    public void Dispose_Twice_LeavesNoFile()
    {
        SpoolFile spool = SpoolFile.Create();
        spool.Write(s_content);

        spool.Dispose();
        spool.Dispose();

        Assert.Empty(OwnFiles());
        Assert.Throws<ObjectDisposedException>(() => spool.Write(s_content));
    }

    [Fact]
    public void Create_NoFolder_SaysWhatToDo()
    {
        string missing = _folder["missing"];
        using var environment = new TemporaryEnvironment(missing);

        var error = Assert.Throws<StorageException>(SpoolFile.Create);

        Assert.Equal("StorageWriteError", error.ErrorId);
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", error.Message, StringComparison.Ordinal);
    }

    private string[] OwnFiles() => Directory.GetFiles(_folder.Path);
}
