// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>Writes the listing of a layer while it is read; keeps it only if the whole layer was verified.</summary>
internal sealed class ListingWriter : IDisposable
{
    private const long MaximumSize = 64 * 1024 * 1024;

    private readonly ListingCache _cache;
    private readonly InflatePoints _points;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly HashingWriteStream _hashed;
    private readonly BinaryWriter _output;
    private readonly List<PaxRecords> _globals = [];
    private readonly DateTime _begin = DateTime.UtcNow;
    private readonly BlockHasher _blocks = new();
    private long _globalsSize;
    private int _count;
    private bool _failed;

    /// <param name="cache">The cache that the file is in.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="points">Collects the points where reading can start.</param>
    public ListingWriter(ListingCache cache, string path, InflatePoints points)
    {
        _cache = cache;
        _points = points;
        _path = path;
        _temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(_temporary, options);
        _hashed = new HashingWriteStream(_file);
        _output = new BinaryWriter(new BufferedStream(_hashed, 64 * 1024));
        _output.Write(ListingFormat.Magic);
    }

    /// <summary>Wraps the compressed layer, to hash its blocks.</summary>
    public Stream Tap(Stream compressed) => new TapStream(compressed, _blocks);

    /// <summary>Adds the next entry.</summary>
    public void Add(TarEntry entry)
    {
        if (_failed)
        {
            return;
        }

        try
        {
            ListingFormat.Write(_output, entry, GetNumber(entry.Global));
            _count++;
            if (_file.Position + _globalsSize > MaximumSize)
            {
                throw new IOException("It is too large to be kept.");
            }
        }
        catch (Exception error) when (IsFailure(error))
        {
            Fail();
        }
    }

    /// <summary>Called after the layer was read to its end and verified.</summary>
    /// <param name="size">Its compressed size in bytes.</param>
    /// <param name="compression">Its compression.</param>
    /// <param name="diffId">The digest of the decompressed layer; the default if it was not computed.</param>
    public void Complete(long size, LayerCompression compression, Digest diffId)
    {
        Try(() =>
        {
            _output.Write((byte)0);
            int[] windows = WriteWindows(out int windowsAt);
            WriteEnd(size, compression, diffId, windows, windowsAt);
            _output.Flush();
            _file.Write(_hashed.Finish().ToBytes());
            _file.Dispose();
            File.Move(_temporary, _path, overwrite: true);
            _cache.Trim();
        });
    }

    public void Dispose()
    {
        Try(() =>
        {
            // The buffered data is no longer needed.
            _file.Dispose();
            File.Delete(_temporary);
        });
        _hashed.Dispose();
        _blocks.Dispose();
    }

    /// <summary>Writes the windows of the points; returns their compressed lengths.</summary>
    private int[] WriteWindows(out int windowsAt)
    {
        _output.Flush();
        windowsAt = (int)_file.Position;
        var lengths = new List<int>();
        foreach (InflatePoint point in _points.Points)
        {
            using var compressed = new MemoryStream();
            using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(point.Window.Span);
            }

            _output.Write(compressed.GetBuffer(), 0, (int)compressed.Length);
            lengths.Add((int)compressed.Length);
        }

        return [.. lengths];
    }

    private void WriteMap(BinaryWriter output, int[] windows, int windowsAt)
    {
        ListingFormat.WriteBytes(output, _blocks.Finish());
        output.Write(windows.Length);
        for (int i = 0; i < windows.Length; i++)
        {
            output.Write(_points.Points[i].Bit);
            output.Write(_points.Points[i].Position);
            output.Write(windows[i]);
        }

        output.Write(windowsAt);
    }

    private void WriteEnd(long size, LayerCompression compression, Digest diffId, int[] windows, int windowsAt)
    {
        using var end = new MemoryStream();
        using (var output = new BinaryWriter(end))
        {
            output.Write(_begin.Ticks);
            output.Write(size);
            output.Write((byte)compression);
            output.Write(diffId == default ? string.Empty : diffId.ToString());
            output.Write(_count);
            output.Write(_globals.Count);
            foreach (PaxRecords records in _globals)
            {
                ListingFormat.WriteBytes(output, records.ToBytes());
            }

            WriteMap(output, windows, windowsAt);
        }

        byte[] bytes = end.ToArray();
        _output.Write(bytes);
        _output.Write(bytes.Length);
    }

    // Callers that rewrite entries need to know which entries share one record object.
    private int GetNumber(PaxRecords global)
    {
        if (ReferenceEquals(global, PaxRecords.Empty))
        {
            return 0;
        }

        int index = _globals.FindLastIndex(known => ReferenceEquals(known, global));
        if (index < 0)
        {
            _globals.Add(global);
            _globalsSize += global.Size;
            index = _globals.Count - 1;
        }

        return index + 1;
    }

    private void Try(Action write)
    {
        try
        {
            if (!_failed)
            {
                write();
            }
        }
        catch (Exception error) when (IsFailure(error))
        {
            Fail();
        }
    }

    private static bool IsFailure(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>After an error such as a full disk: drops the listing; the next reader reads the layer itself.</summary>
    private void Fail()
    {
        _failed = true;
        _globals.Clear();
        _file.Dispose();
        TryDelete.Run(() => File.Delete(_temporary));
    }
}
