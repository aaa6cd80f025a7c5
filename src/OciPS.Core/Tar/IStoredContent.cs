// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Reads the stored content of entries, one at a time.</summary>
internal interface IStoredContent
{
    /// <summary>Reads stored content of the current entry.</summary>
    ValueTask<int> ReadStoredAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <inheritdoc cref="ReadStoredAsync"/>
    int ReadStored(TarEntry entry, Span<byte> buffer);
}
