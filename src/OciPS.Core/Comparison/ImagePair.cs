// SPDX-License-Identifier: MIT

using OciPS.Images;

namespace OciPS.Comparison;

/// <summary>Two images that are to be compared.</summary>
internal sealed record ImagePair(ImageChoice Before, ImageChoice After);

/// <summary>The images of two references that belong together, and what only one of them has.</summary>
/// <param name="Pairs">The pairs, each of them once.</param>
/// <param name="Errors">What is not there, and whether it is the second reference that has no such image.</param>
internal sealed record PairedImages(IReadOnlyList<ImagePair> Pairs, IReadOnlyList<(OciException Error, bool IsOfAfter)> Errors);
