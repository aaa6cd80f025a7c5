// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>What a destination points to before it is written.</summary>
internal static class DestinationTag
{
    /// <summary>Whether a tag will point to something else than before; tells what that was.</summary>
    public static async Task<bool> MovesAsync(
        IImageStore store, ImageReference destination, ManifestContent manifest, IOperationLog log, CancellationToken cancellationToken)
    {
        try
        {
            ManifestContent before = await store.ResolveAsync(destination, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            if (before.Digest != manifest.Digest)
            {
                log.Verbose($"'{destination}' pointed to {before.Digest}.");
            }

            return before.Digest != manifest.Digest;
        }
        catch (ContentNotFoundException)
        {
            return true;
        }
        catch (InvalidContentException)
        {
            // What cannot be read cannot be the same; it is replaced.
            return true;
        }
        catch (InvalidInputException)
        {
            // A layout with several images, and no tag to say which.
            return true;
        }
    }
}
