// SPDX-License-Identifier: MIT

using OciPS.Images;

namespace OciPS.Comparison;

/// <summary>Two images to compare.</summary>
internal sealed record ImagePair(ImageChoice Before, ImageChoice After);

/// <summary>The images of two references, paired by platform, and errors for images without a counterpart.</summary>
/// <param name="Pairs">The pairs, each of them once.</param>
/// <param name="Errors">An error for each missing image, and whether it is missing in the second reference.</param>
internal sealed record PairedImages(IReadOnlyList<ImagePair> Pairs, IReadOnlyList<(OciException Error, bool IsOfAfter)> Errors);
