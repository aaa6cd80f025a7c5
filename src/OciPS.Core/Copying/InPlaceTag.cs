// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Finds the tag to move when an image is written over its source.</summary>
internal static class InPlaceTag
{
    /// <summary>Whether a write replaces its source; it does not if either is referenced by digest.</summary>
    public static bool IsIt(ImageReference source, ImageReference destination) => !destination.IsByDigest
        && (ReplacesAll(destination)
            ? source.SameRepository(destination)
            : source.Digest is null && destination with { Digest = null } == source);

    /// <summary>Whether a write replaces everything at the destination.</summary>
    private static bool ReplacesAll(ImageReference destination) =>
        destination.Syntax.HoldsOneImage || destination is { Syntax.ReplacesAllWithoutTag: true, Tag: null };

    /// <summary>
    /// The reference with a tag. A layout's only image can be referenced without one; but a new image without a tag would be added to the
    /// layout, and the old one kept.
    /// </summary>
    /// <exception cref="InvalidInputException">The image has no tag, or several.</exception>
    public static async Task<ImageReference> NameTagAsync(
        ImageReference image, OperationContext operation, CancellationToken cancellationToken)
    {
        if (!image.Syntax.IsTagOptional || image.Tag is not null || image.Digest is not null)
        {
            return image;
        }

        using IImageStore store = await StoreFactory.OpenAsync(image, operation, cancellationToken).ConfigureAwait(false);
        await store.ResolveAsync(image, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
        var tags = new List<string>();
        await foreach (string tag in store.ListTagsAsync(cancellationToken).ConfigureAwait(false))
        {
            tags.Add(tag);
        }

        return tags.Count switch
        {
            1 => image.WithTag(tags[0]),
            0 => throw new InvalidInputException(
                ErrorIds.InvalidDestination, $"The image in '{image}' has no tag that a new one could take over.")
            {
                Remedy = Remedy.NameDestination,
            },
            _ => throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"The image in '{image}' has several tags. Say which the new one takes over: {string.Join(", ", tags)}."),
        };
    }
}
