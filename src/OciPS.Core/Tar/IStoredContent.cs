// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Where the content of entries is read, of one at a time.</summary>
internal interface IStoredContent
{
    /// <summary>Reads stored content of the entry that it stands on.</summary>
    ValueTask<int> ReadStoredAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <inheritdoc cref="ReadStoredAsync"/>
    int ReadStored(TarEntry entry, Span<byte> buffer);
}
