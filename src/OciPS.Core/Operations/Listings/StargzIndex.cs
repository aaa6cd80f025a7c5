// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;
using OciPS.Streams;
using OciPS.Tar;

namespace OciPS.Operations.Listings;

/// <summary>The table of contents that an eStargz layer carries at its end: what is in it, without reading the rest.</summary>
/// <remarks>eStargz, "TOC, TOCEntries and Footer"; the manifest vouches for it with an annotation.</remarks>
internal sealed class StargzIndex
{
    public const string Annotation = "containerd.io/snapshot/stargz/toc.digest";

    private const string Name = "stargz.index.json";
    private const int FooterSize = 51;
    private const int MaximumSize = 64 * 1024 * 1024;

    private StargzIndex(IReadOnlyList<StargzEntry> entries) => Entries = entries;

    /// <summary>The entries in the layer's order, the index itself at the end.</summary>
    public IReadOnlyList<StargzEntry> Entries { get; }

    /// <summary>Reads a layer's index; null if it has none that its manifest vouches for, or if parts of the layer are not to be had.</summary>
    public static async Task<StargzIndex?> TryReadAsync(IImageStore store, Descriptor layer, IOperationLog log, CancellationToken cancellationToken)
    {
        if (store.IsLocal || layer.Size <= FooterSize || !layer.Annotations.TryGetValue(Annotation, out string? text) || !Digest.TryParse(text, out Digest digest))
        {
            return null;
        }

        try
        {
            return await ReadAsync(store, layer, digest, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidContentException or JsonException or EndOfStreamException)
        {
            log.Verbose($"The index that the layer {layer.Digest} carries is of no use, so all of it is read: {error.Message}");
            return null;
        }
    }

    private static async Task<StargzIndex?> ReadAsync(IImageStore store, Descriptor layer, Digest digest, CancellationToken cancellationToken)
    {
        byte[] footer = new byte[FooterSize];
        if (await store.TryOpenBlobPartAsync(layer, layer.Size - FooterSize, FooterSize, cancellationToken).ConfigureAwait(false) is not { } end)
        {
            return null;
        }

        await using (end.ConfigureAwait(false))
        {
            await end.ReadExactlyAsync(footer, cancellationToken).ConfigureAwait(false);
        }

        long at = OffsetOf(footer, layer.Size - FooterSize);
        if (await store.TryOpenBlobPartAsync(layer, at, layer.Size - FooterSize - at, cancellationToken).ConfigureAwait(false) is not { } part)
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
        if (Digest.OfBytes(json, digest) != digest)
        {
            throw new InvalidDataException($"it has another digest than {digest}, which the manifest says");
        }

        return new StargzIndex(StargzParser.Parse(json, at, self));
    }

    private static long OffsetOf(ReadOnlySpan<byte> footer, long most)
    {
        bool isFooter = footer.StartsWith<byte>([0x1F, 0x8B, 0x08, 0x04]) && BinaryPrimitives.ReadUInt16LittleEndian(footer[10..]) == 26
            && footer[12..16].SequenceEqual<byte>([(byte)'S', (byte)'G', 22, 0]) && footer[32..38].SequenceEqual("STARGZ"u8);
        return isFooter && long.TryParse(Encoding.ASCII.GetString(footer[16..32]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long at)
            && at >= 0 && at < most && most - at <= MaximumSize
            ? at
            : throw new InvalidDataException("there is no footer");
    }
}
