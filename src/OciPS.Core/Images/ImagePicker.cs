// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Picks the images to read: by platform out of an index, and a single image if it is for such a platform.</summary>
internal sealed class ImagePicker
{
    private readonly ImageReference _reference;
    private readonly IImageStore _store;
    private readonly ManifestContent _content;

    private ImagePicker(ImageReference reference, IImageStore store, ManifestContent content)
    {
        _reference = reference;
        _store = store;
        _content = content;
    }

    /// <summary>Opens the images for reading.</summary>
    /// <param name="reference">An image or an index.</param>
    /// <param name="patterns">The platforms; with none, Linux and this machine's architecture, else the only one there is.</param>
    /// <param name="mode">What is asked of a registry.</param>
    /// <param name="log">Is told what happens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ContentNotFoundException">There is no such image.</exception>
    public static async Task<PickedImages> OpenAsync(
        ImageReference reference, IReadOnlyList<PlatformPattern> patterns, ManifestMode mode, IOperationLog log, CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false);
        try
        {
            ManifestContent content = await ManifestResolver.ResolveAsync(store, reference, mode, cancellationToken).ConfigureAwait(false);
            return await new ImagePicker(reference, store, content).PickAsync(patterns, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private async Task<PickedImages> PickAsync(IReadOnlyList<PlatformPattern> patterns, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(_content.MediaType) && patterns.Count == 0)
        {
            return new PickedImages(_store, [new OpenedImage(_reference, _store, ManifestResolver.ParseImage(_content, _reference))], []);
        }

        if (patterns.Count == 0)
        {
            return new PickedImages(_store, [await PickDefaultAsync(cancellationToken).ConfigureAwait(false)], []);
        }

        var images = new List<OpenedImage>();
        var errors = new List<OciException>();
        foreach (PlatformPattern pattern in patterns)
        {
            try
            {
                IEnumerable<OpenedImage> found = await PickAsync(pattern, errors, cancellationToken).ConfigureAwait(false);
                images.AddRange(found.Where(image => images.TrueForAll(other => other.Manifest.Content.Digest != image.Manifest.Content.Digest)));
            }
            catch (ContentNotFoundException error)
            {
                errors.Add(error);
            }
        }

        return images.Count > 0 ? new PickedImages(_store, images, errors) : throw errors[0];
    }

    private async Task<OpenedImage> PickDefaultAsync(CancellationToken cancellationToken)
    {
        Descriptor[] entries = Listed();
        if (FindDefault(entries, entry => entry.Platform) is { } here)
        {
            return await OpenAsync(here, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<(ImageNode Image, Platform? Platform)> all = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (all.Any(image => image.Image is ManifestNode { HasFileSystem: true }))
        {
            // Artifacts that an index lists beside images are not what is looked for.
            all = all.Where(image => image.Image is not ManifestNode { HasFileSystem: false }).ToArray();
        }

        (ImageNode Image, Platform? Platform) chosen = FindDefault(all, image => image.Platform);
        return chosen.Image is not null ? Open(chosen.Image, chosen.Platform)
            : all.Count == 1 ? Open(all[0].Image, all[0].Platform)
            : throw PlatformSelection.NotFound(_reference, $"for {Platform.Default}", all.Select(image => image.Platform));
    }

    private async Task<IEnumerable<OpenedImage>> PickAsync(PlatformPattern pattern, List<OciException> errors, CancellationToken cancellationToken)
    {
        // What the index says is enough where it fits exactly; else the configs may say more.
        Descriptor[] entries = pattern.HasWildcards ? [] : Listed();
        Descriptor? exact = Array.Find(entries, entry => entry.Platform is { } platform && pattern.IsExact(platform));
        if (exact is not null)
        {
            return [await OpenAsync(exact, cancellationToken).ConfigureAwait(false)];
        }

        IReadOnlyList<(ImageNode Image, Platform? Platform)> all = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(ImageNode Image, Platform? Platform)> found = pattern.Select(all, image => image.Platform);
        if (found.Count == 0)
        {
            throw PlatformSelection.NotFound(_reference, $"for {pattern}", all.Select(image => image.Platform));
        }

        // Of several, those that are there are of use without the others.
        (ImageNode Image, Platform? Platform)[] meant = found.Take(pattern.HasWildcards ? found.Count : 1).ToArray();
        errors.AddRange(meant.Select(image => image.Image).OfType<MissingNode>().Select(missing => missing.Error));
        return meant.Where(image => image.Image is not MissingNode).Select(image => Open(image.Image, image.Platform)).ToArray();
    }

    private Descriptor[] Listed() => MediaTypes.IsIndex(_content.MediaType)
        ? ImageIndex.Parse(_content, $"The index of '{_reference}'").Manifests.Where(entry => !entry.IsAttestation() && !MediaTypes.IsIndex(entry.MediaType) && MediaTypes.MayBeManifest(entry.MediaType)).ToArray()
        : [];

    // What names no variant runs on every machine of its architecture.
    private static T? FindDefault<T>(IEnumerable<T> images, Func<T, Platform?> platformOf) => images
        .Where(image => platformOf(image) is { } platform && IsDefault(PlatformNames.Normalise(platform)))
        .OrderBy(image => string.IsNullOrEmpty(platformOf(image)!.Variant) ? 0 : 1)
        .ThenBy(image => PlatformNames.Normalise(platformOf(image)!).Variant == PlatformNames.Normalise(Platform.Default).Variant ? 0 : 1)
        .FirstOrDefault();

    private static bool IsDefault(Platform platform) => platform.OS == Platform.Default.OS && platform.Architecture == Platform.Default.Architecture;

    private async Task<IReadOnlyList<(ImageNode Image, Platform? Platform)>> ReadAllAsync(CancellationToken cancellationToken)
    {
        ImageTree tree = await ImageTree.ReadAsync(_store, _reference, _content, cancellationToken).ConfigureAwait(false);
        return await PlatformReader.ReadAllAsync(tree, cancellationToken).ConfigureAwait(false);
    }

    private async Task<OpenedImage> OpenAsync(Descriptor entry, CancellationToken cancellationToken)
    {
        ImageReference exact = _reference with { Digest = entry.Digest };
        ManifestContent content = await _store.ResolveAsync(exact, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
        return new OpenedImage(_reference, _store, ManifestResolver.ParseImage(content, exact), entry.Platform) { IsPicked = true };
    }

    private OpenedImage Open(ImageNode node, Platform? platform) => node switch
    {
        ManifestNode image => new OpenedImage(_reference, _store, image.Manifest, platform) { IsPicked = MediaTypes.IsIndex(_content.MediaType) },
        MissingNode missing => throw missing.Error,
        _ => throw new InvalidOperationException("Indexes are not picked."),
    };
}
