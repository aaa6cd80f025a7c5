// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Layers.Listings;

/// <summary>An optional, bounded cache on disk of the listings of layers that were read, by digest.</summary>
/// <remarks>The environment variable <c>OCIPS_LAYER_CACHE</c> names another folder, or is <c>off</c>. Errors here only cost time.</remarks>
/// <param name="folder">The folder; null for the one from the environment.</param>
internal sealed class ListingCache(string? folder = null)
{
    public const string Variable = "OCIPS_LAYER_CACHE";

    private const string Extension = ".layer";

    // File systems store times with limited precision.
    private static readonly TimeSpan s_timeStep = TimeSpan.FromMilliseconds(100);

    /// <summary>The largest total size of the files, in bytes.</summary>
    public long MaximumSize { get; init; } = 256 * 1024 * 1024;

    /// <summary>The folder of the files; null if the cache is off.</summary>
    public string? Folder => folder ?? Environment.GetEnvironmentVariable(Variable) switch
    {
        { Length: > 0 } off when off.Equals("off", StringComparison.OrdinalIgnoreCase) => null,
        { Length: > 0 } named => Path.IsPathFullyQualified(named) ? named : null,
        _ => DefaultFolder,
    };

    /// <summary>The listing of a layer; null if it is not cached.</summary>
    public LayerListing? Find(Digest layer)
    {
        if (Folder is not { } root || layer == default)
        {
            return null;
        }

        string path = GetPath(root, layer);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            LayerListing? listing = LayerListing.TryOpen(path);
            if (listing is null)
            {
                File.Delete(path);
                return null;
            }

            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return listing;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The listing of a layer; null if it is not cached, or if the layer's local file has changed since.</summary>
    /// <exception cref="ContentNotFoundException">The local file of the layer is missing.</exception>
    public async Task<LayerListing?> FindAsync(IImageStore store, Descriptor layer, CancellationToken cancellationToken)
    {
        if (Find(layer.Digest) is not { } known || (layer.SizeIsKnown && layer.Size != known.Size))
        {
            return null;
        }

        bool isUnchanged = !store.IsLocal
            || await GetLastWriteTimeAsync(store, layer, cancellationToken).ConfigureAwait(false) < known.MadeOn - s_timeStep;
        return isUnchanged ? known : null;
    }

    /// <summary>Begins the listing of a layer; null if the cache is off or cannot be written.</summary>
    public ListingWriter? Begin(Descriptor layer, InflatePoints points)
    {
        if (Folder is not { } root || layer.Digest == default)
        {
            return null;
        }

        try
        {
            CreateFolder(root);
            return new ListingWriter(this, GetPath(root, layer.Digest), points);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Limits the cache size: deletes the least recently used files, and unfinished ones of other processes.</summary>
    public void Trim()
    {
        if (Folder is not { } root)
        {
            return;
        }

        foreach (FileInfo left in new DirectoryInfo(root).GetFiles("*.tmp")
            .Where(file => file.LastWriteTimeUtc < DateTime.UtcNow.AddDays(-1)))
        {
            left.Delete();
        }

        FileInfo[] files = [.. new DirectoryInfo(root).GetFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc)];
        long sum = 0;
        foreach (FileInfo file in files)
        {
            sum += file.Length;
            if (sum > MaximumSize)
            {
                file.Delete();
            }
        }
    }

    private static async Task<DateTime?> GetLastWriteTimeAsync(IImageStore store, Descriptor layer, CancellationToken cancellationToken)
    {
        Stream blob = await store.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false);
        await using (blob.ConfigureAwait(false))
        {
            return blob switch
            {
                FileRangeStream range => range.LastWriteTimeUtc,
                FileStream file => File.GetLastWriteTimeUtc(file.SafeFileHandle),
                _ => null,
            };
        }
    }

    private static string DefaultFolder => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "OciPS", "layers")
        : Path.Combine(CacheHome, "ocips", "layers");

    private static string CacheHome => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } named && Path.IsPathFullyQualified(named)
        ? named
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");

    private static string GetPath(string folder, Digest layer) => Path.Combine(folder, layer.ToString().Replace(':', '-') + Extension);

    // Private to the user: names of files in images may be confidential.
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
