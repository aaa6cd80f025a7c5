// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Images;

/// <summary>An image that fits, and is not opened yet.</summary>
/// <param name="Digest">Its manifest's digest.</param>
/// <param name="Platform">What it runs on, as far as that is known.</param>
/// <param name="OpenAsync">Opens it; an error if it is listed and is not there.</param>
internal sealed record ImageChoice(Digest Digest, Platform? Platform, Func<CancellationToken, Task<ImageSource>> OpenAsync);
