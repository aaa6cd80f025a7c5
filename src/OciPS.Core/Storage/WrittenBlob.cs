// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>A blob that is in a store now.</summary>
internal readonly record struct WrittenBlob(Digest Digest, long Size);
