// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>The digest and the size in bytes of a stored blob.</summary>
internal readonly record struct WrittenBlob(Digest Digest, long Size);
