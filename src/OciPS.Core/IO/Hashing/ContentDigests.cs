// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Digest, CRC-32 and length.</summary>
/// <param name="Digest">The SHA-256 digest.</param>
/// <param name="Crc">The CRC-32.</param>
/// <param name="Length">The length in bytes.</param>
internal readonly record struct ContentDigests(Digest Digest, uint Crc, long Length);
