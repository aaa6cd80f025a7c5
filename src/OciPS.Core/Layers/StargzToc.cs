// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OciPS.Compression.Gzip;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>The table of contents at the end of an eStargz layer: lists the entries without reading the layer.</summary>
/// <remarks>eStargz, "TOC, TOCEntries and Footer"; an annotation in the manifest has its digest.</remarks>
internal static class StargzToc
{
    private const string Annotation = "containerd.io/snapshot/stargz/toc.digest";

    private const string Name = "stargz.index.json";
    private const int FooterSize = 51;
    private const int MaximumSize = LayerToc.MaximumSize;

    /// <summary>Reads it; null if the manifest has no digest of one, or if the store supports no ranges.</summary>
    /// <exception cref="InvalidDataException">It is missing, or does not match its digest.</exception>
    public static async Task<LayerToc?> TryReadAsync(Layer layer, CancellationToken cancellationToken)
    {
        if (layer.Size <= FooterSize
            || !layer.Descriptor.Annotations.TryGetValue(Annotation, out string? text)
            || !Digest.TryParse(text, out Digest digest))
        {
            return null;
        }

        byte[] footer = new byte[FooterSize];
        if (await layer.TryOpenPartAsync(
            layer.Size - FooterSize, FooterSize, cancellationToken).ConfigureAwait(false) is not { } end)
        {
            return null;
        }

        await using (end.ConfigureAwait(false))
        {
            await end.ReadExactlyAsync(footer, cancellationToken).ConfigureAwait(false);
        }

        long at = GetOffset(footer, layer.Size - FooterSize);
        if (await layer.TryOpenPartAsync(
            at, layer.Size - FooterSize - at, cancellationToken).ConfigureAwait(false) is not { } part)
        {
            return null;
        }

        using var gzip = new GzipReadStream(part);
        using var tar = new TarReader(gzip, $"The index of the layer {layer.Digest}");
        TarEntry? self = await tar.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (self is not { Name: Name, Type: TarEntryType.File, Size: <= MaximumSize })
        {
            throw new InvalidDataException("there is no index where its footer says");
        }

        byte[] json = new byte[self.Size];
        await tar.OpenContent().ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
        if (digest.Kind.Compute(json) != digest)
        {
            throw new InvalidDataException($"it has another digest than {digest}, which the manifest says");
        }

        List<TocEntry> entries = TocParser.Parse(json, at);
        entries.Add(new TocEntry(Copy(self, entries.Count), []));
        return new LayerToc(entries, LayerCompression.Gzip);
    }

    private static long GetOffset(ReadOnlySpan<byte> footer, long most)
    {
        bool isFooter = footer.StartsWith<byte>([0x1F, 0x8B, 0x08, 0x04]) && BinaryPrimitives.ReadUInt16LittleEndian(footer[10..]) == 26
            && footer[12..16].SequenceEqual<byte>([(byte)'S', (byte)'G', 22, 0]) && footer[32..38].SequenceEqual("STARGZ"u8);
        return isFooter && long.TryParse(
            Encoding.ASCII.GetString(footer[16..32]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long at)
            && at >= 0 && at < most && most - at <= MaximumSize
            ? at
            : throw new InvalidDataException("there is no footer");
    }

    // Without a checksum, its content is read from the layer.
    private static TarEntry Copy(TarEntry self, int ordinal) => new()
    {
        Name = self.Name,
        Type = self.Type,
        Size = self.Size,
        Mode = self.Mode,
        Uid = self.Uid,
        Gid = self.Gid,
        LastWriteTime = self.LastWriteTime,
        LinkTarget = string.Empty,
        Ordinal = ordinal,
        Start = -1,
        ContentStart = -1,
        StoredSize = self.Size,
    };
}
