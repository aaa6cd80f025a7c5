// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Picks the images to read: from an index by platform; a single image if its platform matches.</summary>
internal sealed class ImagePicker : IDisposable
{
    private readonly OciSession _session;
    private readonly IImageStore _store;
    private readonly ManifestContent _content;
    private IReadOnlyList<(ImageNode Image, Platform? Platform)>? _all;

    private ImagePicker(OciSession session, ImageReference reference, IImageStore store, ManifestContent content)
    {
        _session = session;
        Reference = reference;
        _store = store;
        _content = content;
    }

    /// <summary>The reference to pick from.</summary>
    public ImageReference Reference { get; }

    /// <summary>Whether the reference is an index; else it is a single image.</summary>
    public bool IsIndex => MediaTypes.IsIndex(_content.MediaType);

    /// <summary>Opens the images for reading.</summary>
    /// <param name="reference">An image or an index.</param>
    /// <param name="patterns">The platforms; with none, Linux on this machine's architecture, else the only image.</param>
    /// <param name="mode">Which manifest to request from a registry.</param>
    /// <param name="operation">Receives diagnostics.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ContentNotFoundException">There is no such image.</exception>
    public static async Task<SelectedImages> OpenAsync(
        ImageReference reference, IReadOnlyList<PlatformPattern> patterns, ManifestMode mode, OperationContext operation,
        CancellationToken cancellationToken)
    {
        ImagePicker picker = await ResolveAsync(reference, mode, operation, cancellationToken).ConfigureAwait(false);
        try
        {
            return await picker.PickAsync(patterns, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            picker.Dispose();
            throw;
        }
    }

    /// <summary>Resolves a reference to pick images from. The caller disposes the picker.</summary>
    public static async Task<ImagePicker> ResolveAsync(
        ImageReference reference, ManifestMode mode, OperationContext operation, CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(reference, operation, cancellationToken).ConfigureAwait(false);
        try
        {
            return new ImagePicker(
                operation.Session,
                reference,
                store,
                await ManifestResolver.ResolveAsync(store, reference, mode, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public void Dispose() => _store.Dispose();

    /// <summary>The image to read if no platform is given.</summary>
    /// <exception cref="ContentNotFoundException">There is none for this machine, and more than one for other platforms.</exception>
    public async Task<ImageSource> PickUsualAsync(CancellationToken cancellationToken) => IsIndex
        ? await PickDefaultAsync(cancellationToken).ConfigureAwait(false)
        : new ImageSource(_session, Reference, _store, ManifestResolver.ParseImage(_content, Reference));

    /// <summary>The images that match a pattern: one at most if it has no wildcards.</summary>
    public async Task<IReadOnlyList<ImageChoice>> FindAsync(PlatformPattern pattern, CancellationToken cancellationToken)
    {
        // An exact match in the index is enough; otherwise the configs may say more.
        Descriptor[] entries = pattern.HasWildcards ? [] : Listed();
        Descriptor? exact = Array.Find(entries, entry => entry.Platform is { } platform && pattern.IsExact(platform));
        if (exact is not null)
        {
            return [new ImageChoice(exact.Digest, exact.Platform, token => OpenAsync(exact, token))];
        }

        IReadOnlyList<(ImageNode Image, Platform? Platform)> found = pattern.Select(
            await ReadAllAsync(cancellationToken).ConfigureAwait(false), image => image.Platform);
        return found.Take(pattern.HasWildcards ? found.Count : 1).Select(ToChoice).ToArray();
    }

    /// <summary>All images that have a platform.</summary>
    public async Task<IReadOnlyList<ImageChoice>> FindAllAsync(CancellationToken cancellationToken) =>
        (await ReadAllAsync(cancellationToken).ConfigureAwait(false)).Where(image => image.Platform is not null).Select(ToChoice).ToArray();

    /// <summary>An error that lists the available images.</summary>
    public async Task<ContentNotFoundException> NotFoundAsync(string asked, CancellationToken cancellationToken) =>
        PlatformSelection.NotFound(
            Reference, asked, (await ReadAllAsync(cancellationToken).ConfigureAwait(false)).Select(image => image.Platform));

    private async Task<SelectedImages> PickAsync(IReadOnlyList<PlatformPattern> patterns, CancellationToken cancellationToken)
    {
        if (patterns.Count == 0)
        {
            return new SelectedImages(_store, [await PickUsualAsync(cancellationToken).ConfigureAwait(false)], []);
        }

        var images = new List<ImageSource>();
        var errors = new List<OciException>();
        foreach (PlatformPattern pattern in patterns)
        {
            try
            {
                await PickAsync(pattern, images, errors, cancellationToken).ConfigureAwait(false);
            }
            catch (ContentNotFoundException error)
            {
                errors.Add(error);
            }
        }

        return images.Count > 0 ? new SelectedImages(_store, images, errors) : throw errors[0];
    }

    private async Task PickAsync(
        PlatformPattern pattern, List<ImageSource> images, List<OciException> errors, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageChoice> choices = await FindAsync(pattern, cancellationToken).ConfigureAwait(false);
        if (choices.Count == 0)
        {
            throw await NotFoundAsync($"for {pattern}", cancellationToken).ConfigureAwait(false);
        }

        foreach (ImageChoice choice in choices.Where(choice => images.TrueForAll(image => image.Manifest.Content.Digest != choice.Digest)))
        {
            try
            {
                images.Add(await choice.OpenAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (ContentNotFoundException error)
            {
                // With several images, the available ones are useful without the others.
                errors.Add(error);
            }
        }
    }

    private async Task<ImageSource> PickDefaultAsync(CancellationToken cancellationToken)
    {
        Descriptor[] entries = Listed();
        if (FindDefault(entries, entry => entry.Platform) is { } here)
        {
            return await OpenAsync(here, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<(ImageNode Image, Platform? Platform)> all = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (all.Any(image => image.Image is ManifestNode { HasFileSystem: true }))
        {
            // Artifacts in an index are not candidates.
            all = all.Where(image => image.Image is not ManifestNode { HasFileSystem: false }).ToArray();
        }

        (ImageNode Image, Platform? Platform) chosen = FindDefault(all, image => image.Platform);
        return chosen.Image is not null ? Open(chosen.Image, chosen.Platform)
            : all.Count == 1 ? Open(all[0].Image, all[0].Platform)
            : throw PlatformSelection.NotFound(Reference, $"for {Platform.Default}", all.Select(image => image.Platform));
    }

    private ImageChoice ToChoice((ImageNode Image, Platform? Platform) found) =>
        new(found.Image.Digest, found.Platform, _ => Task.FromResult(Open(found.Image, found.Platform)));

    private Descriptor[] Listed() => IsIndex
        ? ImageIndex.Parse(_content, $"The index of '{Reference}'").Manifests.Where(
            entry => !entry.IsAttestation() && !MediaTypes.IsIndex(entry.MediaType) && MediaTypes.MayBeManifest(entry.MediaType)).ToArray()
        : [];

    // A platform without a variant runs on every machine of its architecture.
    private static T? FindDefault<T>(IEnumerable<T> images, Func<T, Platform?> getPlatform) => images
        .Where(image => getPlatform(image) is { } platform && IsDefault(PlatformNames.Normalise(platform)))
        .OrderBy(image => string.IsNullOrEmpty(getPlatform(image)!.Variant) ? 0 : 1)
        .ThenBy(image => PlatformNames.Normalise(getPlatform(image)!).Variant == PlatformNames.Normalise(Platform.Default).Variant ? 0 : 1)
        .FirstOrDefault();

    private static bool IsDefault(Platform platform) =>
        platform.OS == Platform.Default.OS && platform.Architecture == Platform.Default.Architecture;

    private async Task<IReadOnlyList<(ImageNode Image, Platform? Platform)>> ReadAllAsync(CancellationToken cancellationToken)
    {
        if (_all is not null)
        {
            return _all;
        }

        ImageTree tree = await ImageTree.ReadAsync(_store, Reference, _content, cancellationToken).ConfigureAwait(false);
        return _all = await PlatformReader.ReadAllAsync(tree, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImageSource> OpenAsync(Descriptor entry, CancellationToken cancellationToken)
    {
        ImageReference exact = Reference with { Digest = entry.Digest };
        ManifestContent content = await _store.ResolveAsync(exact, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
        return new ImageSource(_session, Reference, _store, ManifestResolver.ParseImage(content, exact), entry.Platform)
        {
            IsPicked = true,
        };
    }

    private ImageSource Open(ImageNode node, Platform? platform) => node switch
    {
        ManifestNode image => new ImageSource(_session, Reference, _store, image.Manifest, platform) { IsPicked = IsIndex },
        MissingNode missing => throw missing.Error,
        _ => throw new InvalidOperationException("Indexes are not picked."),
    };
}
