// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Tar;

namespace OciPS.Comparison;

/// <summary>Compares the configs, layers and merged file systems of two images. Shared layers are not downloaded.</summary>
internal sealed class ImageComparer(ImageSource before, ImageSource after, OperationContext operation)
{
    /// <summary>The values of the configs that differ.</summary>
    public async Task<IReadOnlyList<ImageDifference>> CompareConfigsAsync(CancellationToken cancellationToken)
    {
        if (before.Manifest.Config.Digest == after.Manifest.Config.Digest)
        {
            return [];
        }

        ImageConfig? old = await before.TryReadConfigAsync(cancellationToken).ConfigureAwait(false);
        ImageConfig? changed = await after.TryReadConfigAsync(cancellationToken).ConfigureAwait(false);
        if (old is null || changed is null)
        {
            ImageSource artifact = old is null ? before : after;
            operation.Log.Warning(
                $"The configs differ, and are not compared: '{artifact.Reference}' is an artifact, whose config has the type "
                    + $"'{artifact.Manifest.Config.MediaType}'.");
            return [];
        }

        return [.. ConfigComparer.Compare(old, changed)];
    }

    /// <summary>The layers that only one of the images has, base first.</summary>
    public IEnumerable<ImageDifference> CompareLayers()
    {
        HashSet<Digest> shared = Shared();
        return before.Manifest.Layers.Where(layer => !shared.Contains(layer.Digest))
            .Select(layer => new ImageDifference.Layer(layer.Digest.ToString(), layer, null))
            .Concat(after.Manifest.Layers.Where(
                layer => !shared.Contains(layer.Digest)).Select(layer => new ImageDifference.Layer(layer.Digest.ToString(), null, layer)));
    }

    /// <summary>The files that differ, by name.</summary>
    public async Task<IReadOnlyList<ImageDifference>> CompareFilesAsync(Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        if (before.Manifest.Layers.Select(layer => layer.Digest).SequenceEqual(after.Manifest.Layers.Select(layer => layer.Digest)))
        {
            return [];
        }

        (ComparedImage old, ComparedImage changed) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var pairs = old.Names.Union(changed.Names).Order(StringComparer.Ordinal).Where(isWanted)
            .Select(name => (Name: name, Before: old.Find(name), After: changed.Find(name)))
            .ToList();

        var same = pairs.Where(pair => NeedContent(pair.Before, pair.After)).ToList();
        IReadOnlyDictionary<ImageFile, Digest> oldContents = await old.HashAsync(
            same.Select(pair => pair.Before!), cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<ImageFile, Digest> newContents = await changed.HashAsync(
            same.Select(pair => pair.After!), cancellationToken).ConfigureAwait(false);
        ComparedFile? Known(ImageFile? file, IReadOnlyDictionary<ImageFile, Digest> contents) =>
            file is null ? null : new ComparedFile(file, contents.TryGetValue(file, out Digest digest) ? digest : null);
        return pairs
            .Select(pair => Compare(pair.Name, old, changed, Known(pair.Before, oldContents), Known(pair.After, newContents)))
            .OfType<ImageDifference>()
            .ToArray();
    }

    private HashSet<Digest> Shared() =>
        before.Manifest.Layers.Select(layer => layer.Digest).Intersect(after.Manifest.Layers.Select(layer => layer.Digest)).ToHashSet();

    private async Task<(ComparedImage Old, ComparedImage Changed)> ReadAsync(CancellationToken cancellationToken)
    {
        var shared = Shared().ToDictionary(digest => digest, _ => (IReadOnlyList<TarEntry>?)null);
        if (before.Store.IsLocal || !after.Store.IsLocal)
        {
            ComparedImage old = await ComparedImage.ReadAsync(before, shared, operation, cancellationToken).ConfigureAwait(false);
            return (old, await ComparedImage.ReadAsync(after, shared, operation, cancellationToken).ConfigureAwait(false));
        }

        // A shared layer costs nothing if it is on this machine.
        ComparedImage changed = await ComparedImage.ReadAsync(after, shared, operation, cancellationToken).ConfigureAwait(false);
        return (await ComparedImage.ReadAsync(before, shared, operation, cancellationToken).ConfigureAwait(false), changed);
    }

    private static bool NeedContent(ImageFile? before, ImageFile? after) =>
        before is { Entry.Type: TarEntryType.File } && after is { Entry.Type: TarEntryType.File }
        && before.Layer.Digest != after.Layer.Digest && before.Entry.Size == after.Entry.Size;

    private static ImageDifference.File? Compare(
        string name, ComparedImage old, ComparedImage changed, ComparedFile? before, ComparedFile? after)
    {
        bool isExact = old.IsCertain(name) && changed.IsCertain(name);
        if (before is not null && after is not null)
        {
            string[] properties = [.. Changes(before, after)];
            return properties.Length == 0 ? null : new ImageDifference.File(name, before, after, IsRemoved: false, properties, isExact);
        }

        if (before is null && after is null)
        {
            // Hidden in the new image only: the hidden file is in a layer that was not read.
            return changed.IsHidden(name) && !old.IsCertain(name)
                ? new ImageDifference.File(name, null, null, IsRemoved: true, [], isExact)
                : null;
        }

        // Layers repeat the directories that their files are in.
        bool isRepeated = !isExact && (before ?? after)!.Image.Entry.Type == TarEntryType.Directory;
        return isRepeated ? null : new ImageDifference.File(name, before, after, after is null, [], isExact);
    }

    private static IEnumerable<string> Changes(ComparedFile before, ComparedFile after)
    {
        TarEntry old = before.Image.Entry;
        TarEntry changed = after.Image.Entry;
        if (old.Type != changed.Type)
        {
            // Files of different types have nothing else in common to compare.
            return ["Type"];
        }

        (string Name, bool IsChanged)[] all =
        [
            ("Size", old.Size != changed.Size),
            ("Mode", old.Mode != changed.Mode),
            ("Owner", (old.Uid, old.Gid) != (changed.Uid, changed.Gid)),
            ("LinkTarget", old.LinkTarget != changed.LinkTarget),
            ("Content", before.Content != after.Content || (old.Type == TarEntryType.File && old.Size != changed.Size)),
        ];
        return all.Where(property => property.IsChanged).Select(property => property.Name);
    }
}
