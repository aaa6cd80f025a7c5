// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Images;

/// <summary>A matching image that is not opened yet.</summary>
/// <param name="Digest">Its manifest's digest.</param>
/// <param name="Platform">Its platform, as far as known.</param>
/// <param name="OpenAsync">Opens it; throws if it is listed but missing.</param>
internal sealed record ImageChoice(Digest Digest, Platform? Platform, Func<CancellationToken, Task<ImageSource>> OpenAsync);
