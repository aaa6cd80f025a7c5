// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Finds the tag that has to move where an image is written in its own place.</summary>
internal static class InPlaceTag
{
    /// <summary>Whether a write takes the place of what was read; what is read or written by its digest stays beside it.</summary>
    public static bool IsIt(ImageReference source, ImageReference destination) => !destination.IsByDigest
        && (ReplacesAll(destination)
            ? source.SameRepository(destination)
            : source.Digest is null && destination with { Digest = null } == source);

    /// <summary>Whether what is written somewhere leaves nothing of what was there.</summary>
    private static bool ReplacesAll(ImageReference destination) =>
        destination.Syntax.HoldsOneImage || destination is { Syntax.ReplacesAllWithoutTag: true, Tag: null };

    /// <summary>
    /// The reference with a tag. A layout's only image can be named without one; but a new image without a tag would
    /// come beside the old one, and leave that as it was.
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
