// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Digest, CRC-32 and length.</summary>
/// <param name="Digest">Their SHA-256 digest.</param>
/// <param name="Crc">Their CRC-32.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct ContentDigests(Digest Digest, uint Crc, long Length);
