// SPDX-License-Identifier: MIT

using OciPS.IO.Hashing;
using OciPS.Registry.Client;
using OciPS.Registry.Http;
using OciPS.Storage;

namespace OciPS.Registry.Upload;

/// <summary>Uploads a blob of unknown digest in chunks; a chunk that breaks off is resumed from the registry's offset.</summary>
internal sealed class ChunkedUpload(UploadSession upload, BlobSource source)
{
    public async Task<WrittenBlob> WriteAsync(CancellationToken cancellationToken)
    {
        using var chunks = new ChunkStream(upload.Session.ChunkSize, WriteChunkAsync);
        using var content = new HashingWriteStream(chunks, source.Algorithm);
        await source.WriteToAsync(content, cancellationToken).ConfigureAwait(false);
        await chunks.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new WrittenBlob(content.Finish(), content.BytesWritten);
    }

    private async Task WriteChunkAsync(ReadOnlyMemory<byte> chunk, long offset, CancellationToken cancellationToken)
    {
        RegistryException? broken = null;
        await upload.Retry.RunAsync(
            async token =>
            {
                if (broken is not null)
                {
                    long received = await upload.AskAsync(offset, offset + chunk.Length, broken, token).ConfigureAwait(false);
                    chunk = chunk[(int)(received - offset)..];
                    offset = received;
                }

                broken = chunk.IsEmpty
                    ? null
                    : await upload.TrySendAsync(UploadMode.Chunks, () => ToContent(chunk, offset), offset, token).ConfigureAwait(false);
                return broken is null ? true : throw broken;
            },
            $"A chunk of {upload.What}",
            cancellationToken).ConfigureAwait(false);
    }

    private static BlobContent ToContent(ReadOnlyMemory<byte> chunk, long offset)
    {
        var content = new BlobContent((output, token) => output.WriteAsync(chunk, token).AsTask(), chunk.Length);
        content.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{offset + chunk.Length - 1}");
        return content;
    }
}
