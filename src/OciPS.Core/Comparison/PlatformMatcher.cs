// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;

namespace OciPS.Comparison;

/// <summary>Pairs the images of two indexes that run on the same platform.</summary>
internal static class PlatformMatcher
{
    // Exact matches first. Windows images of one build differ in the revision, which each update raises.
    private static readonly Func<Platform, Platform, bool>[] s_rounds =
    [
        (one, other) => IsSame(one, other)
            && (one.OSVersion ?? "") == (other.OSVersion ?? "")
            && one.OSFeatures.Order(StringComparer.Ordinal).SequenceEqual(other.OSFeatures.Order(StringComparer.Ordinal)),
        (one, other) => IsSame(one, other) && IsSameBuild(one.OSVersion, other.OSVersion),
    ];

    /// <summary>
    /// For each image of the first side, in order, its match on the second side; then the unmatched images of the second side.
    /// </summary>
    public static IReadOnlyList<(ImageChoice? Before, ImageChoice? After)> Match(
        IReadOnlyList<ImageChoice> before, IReadOnlyList<ImageChoice> after)
    {
        var partners = new ImageChoice?[before.Count];
        var left = after.ToList();
        foreach (Func<Platform, Platform, bool> fits in s_rounds)
        {
            for (int i = 0; i < partners.Length; i++)
            {
                int found = partners[i] is null && before[i].Platform is { } platform
                    ? left.FindIndex(other => other.Platform is { } its && fits(platform, its))
                    : -1;
                if (found >= 0)
                {
                    partners[i] = left[found];
                    left.RemoveAt(found);
                }
            }
        }

        IEnumerable<(ImageChoice?, ImageChoice?)> ofBefore = before.Select((image, i) => ((ImageChoice?)image, partners[i]));
        return [.. ofBefore, .. left.Select(image => ((ImageChoice?)null, (ImageChoice?)image))];
    }

    /// <summary>Whether two platforms have the same system, architecture and variant after normalisation.</summary>
    public static bool IsSame(Platform one, Platform other)
    {
        Platform usual = PlatformNames.Normalise(one);
        Platform its = PlatformNames.Normalise(other);
        return (usual.OS, usual.Architecture, usual.Variant) == (its.OS, its.Architecture, its.Variant);
    }

    private static bool IsSameBuild(string? one, string? other) =>
        string.IsNullOrEmpty(one) || string.IsNullOrEmpty(other) || GetBuild(one) == GetBuild(other);

    private static string GetBuild(string version) => string.Join('.', version.Split('.').Take(3));
}
