// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Merging;

/// <summary>The options for merging images into an index.</summary>
/// <param name="Format">The family of media types to convert to; null for the images' own.</param>
/// <param name="AllowSamePlatform">Whether two different images may have the same platform.</param>
internal sealed record MergeOptions(ManifestFormat? Format, bool AllowSamePlatform);
