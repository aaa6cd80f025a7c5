// SPDX-License-Identifier: MIT

using Microsoft.Win32.SafeHandles;
using OciPS.Compression;
using OciPS.IO;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Storage;

/// <summary>A tar file, plain or compressed, with random access to its members.</summary>
/// <remarks>A compressed file is decompressed into a spool file, since its members are read more than once.</remarks>
internal sealed class ArchiveFile : IDisposable
{
    private const int MaximumLinks = 40;

    // A tarball that exceeds both limits is likely a decompression bomb.
    private const long MaximumRatio = 200;
    private const long AlwaysAllowed = 1024 * 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly SpoolFile? _spool;
    private readonly Dictionary<string, TarEntry> _entries = new(StringComparer.Ordinal);

    private ArchiveFile(string path, SafeFileHandle file, SpoolFile? spool)
    {
        Path = path;
        _file = file;
        _spool = spool;
    }

    /// <summary>The position of a member's content.</summary>
    public readonly record struct Member(long Offset, long Length);

    public string Path { get; }

    public static Task<ArchiveFile> OpenAsync(string path, IOperationLog log, CancellationToken cancellationToken) =>
        OpenAsync(path, AlwaysAllowed, log, cancellationToken);

    /// <param name="path">The path of the file.</param>
    /// <param name="allowed">The number of bytes that it may decompress to, however small the file is.</param>
    /// <param name="log">Receives diagnostics.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<ArchiveFile> OpenAsync(string path, long allowed, IOperationLog log, CancellationToken cancellationToken)
    {
        SafeFileHandle file = OpenFile(path);
        SpoolFile? spool = null;
        try
        {
            spool = await SpoolIfCompressedAsync(file, path, allowed, log, cancellationToken).ConfigureAwait(false);
            var archive = new ArchiveFile(path, file, spool);
            await archive.ScanAsync(cancellationToken).ConfigureAwait(false);
            return archive;
        }
        catch
        {
            spool?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a member, following links.</summary>
    public Member Find(string name) => TryFind(name) ?? throw new InvalidContentException(
        ErrorIds.InvalidArchive, $"'{Path}' {WhyNot(name)}, so it is not a complete image tarball as 'docker save' or kaniko writes it.");

    private string WhyNot(string name)
    {
        if (!_entries.TryGetValue(TarPath.Clean(name), out TarEntry? entry))
        {
            return $"has no file '{name}'";
        }

        return entry.Type is TarEntryType.SymbolicLink or TarEntryType.HardLink
            ? $"has a link '{name}' to '{entry.LinkTarget}', which leads to no file in it"
            : $"has '{name}' as a {entry.Type}, and not as a plain file";
    }

    /// <summary>Finds a member, following links; null if there is none.</summary>
    public Member? TryFind(string name)
    {
        string current = TarPath.Clean(name);
        for (int links = 0; links < MaximumLinks && _entries.TryGetValue(current, out TarEntry? entry); links++)
        {
            switch (entry.Type)
            {
                case TarEntryType.File when entry.Sparse is null:
                    return new Member(entry.ContentStart, entry.StoredSize);
                case TarEntryType.SymbolicLink:
                    current = TarPath.Clean(
                        entry.LinkTarget.StartsWith('/') ? entry.LinkTarget : TarPath.GetParent(current) + "/" + entry.LinkTarget);
                    continue;
                case TarEntryType.HardLink:
                    current = TarPath.Clean(entry.LinkTarget);
                    continue;
            }

            break;
        }

        return null;
    }

    /// <summary>A hint at the transport that reads a file; empty if it is not an image archive.</summary>
    public static async Task<string> HintAsync(string path, IOperationLog log, CancellationToken cancellationToken)
    {
        try
        {
            using ArchiveFile archive = await OpenAsync(path, log, cancellationToken).ConfigureAwait(false);
            return TransportHint.ForArchive(name => archive.TryFind(name) is not null);
        }
        catch (OciException)
        {
            return string.Empty;
        }
    }

    public Stream Open(Member member) =>
        _spool is null ? new FileRangeStream(_file, member.Offset, member.Length) : _spool.OpenRead(member.Offset, member.Length);

    public async Task<byte[]> ReadAllAsync(Member member, int maximumSize, string what, CancellationToken cancellationToken)
    {
        if (member.Length > maximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.ManifestTooLarge, $"{what} has {member.Length} bytes; no more than {maximumSize} are read.");
        }

        byte[] bytes = new byte[member.Length];
        using Stream content = Open(member);
        await content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    public void Dispose()
    {
        _spool?.Dispose();
        _file.Dispose();
    }

    private static SafeFileHandle OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new StorageException(
                ErrorIds.StorageReadError, $"'{path}' is a folder, and an archive is a file.{TransportHint.ForFolder(path)}");
        }

        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContentNotFoundException(ErrorIds.PathNotFound, $"There is no file '{path}'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{path}' cannot be read: {error.Message}", error);
        }
    }

    private static async Task<SpoolFile?> SpoolIfCompressedAsync(
        SafeFileHandle file, string path, long allowed, IOperationLog log, CancellationToken cancellationToken)
    {
        var whole = new FileRangeStream(file, 0, RandomAccess.GetLength(file));
        using LayerDecompressor tar = await LayerDecompressor.OpenAsync(whole, $"'{path}'", cancellationToken).ConfigureAwait(false);
        if (tar.Compression == LayerCompression.None)
        {
            return null;
        }

        log.Verbose($"'{path}' is compressed; it is decompressed into a spool file in '{SpoolFile.Folder}'.");
        var spool = SpoolFile.Create();
        try
        {
            await SpoolAsync(tar, spool, Math.Max(allowed, whole.Length * MaximumRatio), path, cancellationToken).ConfigureAwait(false);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static async Task SpoolAsync(Stream tar, SpoolFile spool, long limit, string path, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(128 * 1024);
        int count;
        while ((count = await tar.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (spool.Length + count > limit)
            {
                throw new InvalidContentException(
                    ErrorIds.InvalidArchive,
                    $"'{path}' decompresses to more than {limit} bytes, {MaximumRatio} times its size. If that is intended, decompress it "
                        + "and use the result.");
            }

            await spool.WriteAsync(buffer.Memory[..count], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        using Stream tar = Open(new Member(0, _spool?.Length ?? RandomAccess.GetLength(_file)));
        using var reader = new TarReader(tar, $"'{Path}'");
        var budget = new EntryBudget();
        TarEntry? last = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            budget.Take(entry, $"'{Path}'");
            _entries[entry.Name] = last = entry;
        }

        // All tools pad image archives; without padding the file may be truncated and lack members.
        if (last?.MissingPadding > 0)
        {
            throw new InvalidContentException(ErrorIds.InvalidArchive, $"'{Path}' is cut short: it ends in the padding of '{last.Name}'.");
        }
    }
}
