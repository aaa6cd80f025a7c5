// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Merging;

/// <summary>How an index is made of several images.</summary>
/// <param name="Format">The family of media types to convert to; null for the images' own.</param>
/// <param name="AllowSamePlatform">Whether two different images for one platform may be listed.</param>
internal sealed record MergeOptions(ManifestFormat? Format, bool AllowSamePlatform);
