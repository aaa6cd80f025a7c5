// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.Comparison;

/// <summary>Pairs the images of two references for comparison: those for the same platform.</summary>
internal sealed class ImagePairer(ImagePicker before, ImagePicker after, OperationContext operation)
{
    private readonly Dictionary<(Digest Before, Digest After), ImagePair> _pairs = [];
    private readonly List<(OciException Error, bool IsOfAfter)> _errors = [];
    private readonly HashSet<(Digest Image, bool IsOfAfter)> _alone = [];

    /// <summary>Pairs images.</summary>
    /// <param name="patterns">The platforms; with none, one pair: the default platform's images, or those for the platform of the side that
    /// is a single image.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<PairedImages> PairAsync(IReadOnlyList<PlatformPattern> patterns, CancellationToken cancellationToken)
    {
        if (patterns.Count == 0)
        {
            return new PairedImages([await PairUsualAsync(cancellationToken).ConfigureAwait(false)], []);
        }

        foreach (PlatformPattern pattern in patterns)
        {
            await PairAsync(pattern, cancellationToken).ConfigureAwait(false);
        }

        return new PairedImages([.. _pairs.Values], _errors);
    }

    private async Task PairAsync(PlatformPattern pattern, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageChoice> old = await before.FindAsync(pattern, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ImageChoice> changed = await after.FindAsync(pattern, cancellationToken).ConfigureAwait(false);
        if (old.Count == 1 && changed.Count == 1 && !pattern.HasWildcards)
        {
            Add(old[0], changed[0]);
            return;
        }

        if (!pattern.HasWildcards || (old.Count == 0 && changed.Count == 0))
        {
            foreach ((ImagePicker side, bool isOfAfter) in Without(old, changed))
            {
                _errors.Add((await side.NotFoundAsync($"for {pattern}", cancellationToken).ConfigureAwait(false), isOfAfter));
            }

            return;
        }

        foreach ((ImageChoice? one, ImageChoice? other) in PlatformMatcher.Match(old, changed))
        {
            if (one is not null && other is not null)
            {
                Add(one, other);
            }
            else
            {
                await AddAloneAsync((one ?? other)!, isOfAfter: one is not null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private IEnumerable<(ImagePicker Side, bool IsOfAfter)> Without(IReadOnlyList<ImageChoice> old, IReadOnlyList<ImageChoice> changed)
    {
        if (old.Count == 0)
        {
            yield return (before, false);
        }

        if (changed.Count == 0)
        {
            yield return (after, true);
        }
    }

    private void Add(ImageChoice one, ImageChoice other) => _pairs.TryAdd((one.Digest, other.Digest), new ImagePair(one, other));

    private async Task AddAloneAsync(ImageChoice image, bool isOfAfter, CancellationToken cancellationToken)
    {
        if (_alone.Add((image.Digest, isOfAfter)))
        {
            (ImagePicker side, ImagePicker other) = isOfAfter ? (after, before) : (before, after);
            _errors.Add((
                await side.NotFoundAsync($"for {image.Platform}, which '{other.Reference}' has", cancellationToken).ConfigureAwait(false),
                isOfAfter));
        }
    }

    private async Task<ImagePair> PairUsualAsync(CancellationToken cancellationToken)
    {
        if (before.IsIndex == after.IsIndex)
        {
            ImageChoice one = await ToChoiceAsync(before, cancellationToken).ConfigureAwait(false);
            ImageChoice other = await ToChoiceAsync(after, cancellationToken).ConfigureAwait(false);
            WarnAboutOthers(one, other);
            return new ImagePair(one, other);
        }

        ImageChoice single = await ToChoiceAsync(before.IsIndex ? after : before, cancellationToken).ConfigureAwait(false);
        ImageChoice listed = await FindLikeAsync(before.IsIndex ? before : after, single, cancellationToken).ConfigureAwait(false);
        ImagePair pair = before.IsIndex ? new ImagePair(listed, single) : new ImagePair(single, listed);
        WarnAboutOthers(pair.Before, pair.After);
        return pair;
    }

    /// <summary>The image of an index for the platform of a single image, else the only image of the index.</summary>
    private async Task<ImageChoice> FindLikeAsync(ImagePicker index, ImageChoice single, CancellationToken cancellationToken)
    {
        if (single.Platform is null)
        {
            return await ToChoiceAsync(index, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<ImageChoice> all = await index.FindAllAsync(cancellationToken).ConfigureAwait(false);
        return PlatformMatcher.Match([single], all)[0].After ?? (all.Count == 1 ? all[0] : throw await index.NotFoundAsync(
            $"for {single.Platform}, as '{(before.IsIndex ? after : before).Reference}' is", cancellationToken).ConfigureAwait(false));
    }

    private static async Task<ImageChoice> ToChoiceAsync(ImagePicker side, CancellationToken cancellationToken)
    {
        ImageSource image = await side.PickUsualAsync(cancellationToken).ConfigureAwait(false);
        Platform? platform = image.Platform ?? (await image.TryReadConfigAsync(cancellationToken).ConfigureAwait(false))?.Platform;
        return new ImageChoice(
            image.Manifest.Content.Digest, platform?.ToString() is { Length: > 0 } ? platform : null, _ => Task.FromResult(image));
    }

    // The user chose two single images; an image that was picked from an index is reported.
    private void WarnAboutOthers(ImageChoice one, ImageChoice other)
    {
        if ((before.IsIndex || after.IsIndex)
            && one.Platform is not null
            && other.Platform is not null
            && !PlatformMatcher.IsSame(one.Platform, other.Platform))
        {
            operation.Log.Warning(
                $"'{before.Reference}' is compared for {one.Platform}, '{after.Reference}' for {other.Platform}.",
                Remedy.SelectSamePlatform);
        }
    }
}
