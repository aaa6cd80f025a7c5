// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Storage;

namespace OciPS.Core.Tests.Storage;

public sealed class FileReplacementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Task WriteAsync(string path, string text = "new", CancellationToken cancellationToken = default) =>
        FileReplacement.WriteAsync(
        path,
        async (output, token) => await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), token),
        cancellationToken);

    private string[] Names() =>
        Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();

    [Fact]
    public async Task Write_NewFile_IsThere()
    {
        await WriteAsync(_folder["file"]);

        Assert.Equal("new", File.ReadAllText(_folder["file"]));
        Assert.Equal(["file"], Names());
    }

    [Fact]
    public async Task Write_WhileItIsWritten_OldFileIsThere()
    {
        string path = _folder.Write("file", "old"u8);

        await FileReplacement.WriteAsync(
            path,
            (output, _) =>
            {
                output.Write("new"u8);
                Assert.Equal("old", File.ReadAllText(path));
                return Task.CompletedTask;
            },
            CancellationToken.None);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["file"], Names());
    }

    [Fact]
    public async Task Write_ExistingFile_KeepsItsMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = _folder.Write("file", "old"u8);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await WriteAsync(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_SymbolicLink_ReplacesWhatItLinksTo(bool exists)
    {
        Directory.CreateDirectory(_folder["below"]);
        if (exists)
        {
            _folder.Write("below/file", "old"u8);
        }

        File.CreateSymbolicLink(_folder["second"], Path.Combine("below", "file"));
        File.CreateSymbolicLink(_folder["first"], "second");

        await WriteAsync(_folder["first"]);

        Assert.Equal("second", new FileInfo(_folder["first"]).LinkTarget);
        Assert.Null(new FileInfo(_folder["below/file"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["below/file"]));
    }

    [Fact]
    public async Task Write_Fails_OldFileStays()
    {
        string path = _folder.Write("file", "old"u8);

        await Assert.ThrowsAsync<InvalidDataException>(() => FileReplacement.WriteAsync(
            path,
            (output, _) =>
            {
                output.Write("new"u8);
                throw new InvalidDataException();
            },
            CancellationToken.None));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], Names());
    }

    [Fact]
    public async Task Write_Cancelled_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileReplacement.WriteAsync(
            _folder["file"],
            (output, _) =>
            {
                output.Write("new"u8);
                stop.Cancel();
                return Task.CompletedTask;
            },
            stop.Token));

        Assert.Empty(Names());
    }

    [Fact]
    public async Task Write_ReadOnlyFile_IsErrorAndStays()
    {
        string path = _folder.Write("file", "old"u8);
        File.SetAttributes(path, FileAttributes.ReadOnly);

        StorageException error = await Assert.ThrowsAsync<StorageException>(() => WriteAsync(path));
        File.SetAttributes(path, FileAttributes.Normal);

        Assert.Equal("StorageWriteError", error.ErrorId);
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public async Task Write_FolderMissing_IsErrorThatNamesTheFile()
    {
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => WriteAsync(_folder["none/file"]));

        Assert.Equal("StorageWriteError", error.ErrorId);
        Assert.Contains(_folder["none/file"], error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Write_WhereAFolderIs_IsError()
    {
        Directory.CreateDirectory(_folder["file"]);

        Assert.Equal("FileExists", (await Assert.ThrowsAsync<StorageException>(() => WriteAsync(_folder["file"]))).ErrorId);
    }
}
