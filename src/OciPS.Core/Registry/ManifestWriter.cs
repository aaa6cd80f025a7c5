// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry;

/// <summary>
/// Writes manifests and verifies that they are stored: a success status proves nothing. If a tag gets different content, its former
/// manifest is restored.
/// </summary>
/// <remarks>Distribution specification, "Pushing Manifests".</remarks>
internal sealed class ManifestWriter(RegistrySession session, ImageReference repository, TimeProvider time)
{
    private const string SubjectHeader = "OCI-Subject";

    private readonly ManifestProbe _probe = new(session, repository);
    private readonly ConsistencyPoll _poll = new(time);
    private readonly string[] _push = [RegistryScope.PullPush(repository.Repository)];
    private readonly ConcurrentDictionary<string, StoredManifest?> _before = new(StringComparer.Ordinal);

    /// <summary>Notes the manifest of a tag, so that it need not be requested; null for none.</summary>
    public void Saw(string tag, StoredManifest? manifest) => _before[tag] = manifest;

    /// <summary>Writes a manifest under a tag, or under its digest alone.</summary>
    /// <returns>Whether the registry reported that it processed the subject.</returns>
    public async Task<bool> PutAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        StoredManifest? before = tag is null ? null
            : _before.TryRemove(tag, out StoredManifest? known) ? known
            : await _probe.FindAsync(tag, [manifest.MediaType, .. MediaTypes.AllManifests], cancellationToken).ConfigureAwait(false);
        string name = tag ?? manifest.Digest.ToString();
        Answer answer = await SendAsync(manifest, name, cancellationToken).ConfigureAwait(false);
        await CheckAsync(new Written(manifest, name, before, answer.Digest), cancellationToken).ConfigureAwait(false);
        return answer.HasSeenSubject;
    }

    private readonly record struct Answer(Digest? Digest, bool HasSeenSubject);

    private sealed record Written(ManifestContent Manifest, string Name, StoredManifest? Before, Digest? Told)
    {
        /// <summary>Whether the registry reports another digest.</summary>
        public bool IsToldOtherwise => Told is { } told && told.Kind == Manifest.Digest.Kind && told != Manifest.Digest;

        public bool IsByDigest => Name.Contains(':', StringComparison.Ordinal);

        public bool IsThere(TagState state) => state.Digest == Manifest.Digest;

        /// <summary>Whether the name still has its former manifest, which may be temporary.</summary>
        public bool IsAsBefore(TagState state) => state.Digest is null || state.Digest == Before?.Digest;

        /// <summary>Whether the stored manifest is a damaged copy of the one sent, not another client's.</summary>
        public bool IsDamaged(TagState state) =>
            IsByDigest
                || (Told is not null && Told == state.Digest)
                || (state.Manifest is { } found && Resembles(Manifest.Bytes.Span, found.Bytes.Span));

        // Another image's manifest differs in whole digests.
        private static bool Resembles(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> found)
        {
            const int FewBytes = 16;
            if (found.Length < sent.Length)
            {
                return sent.StartsWith(found);
            }

            int different = found.Length == sent.Length ? 0 : FewBytes + 1;
            for (int i = 0; i < sent.Length && different <= FewBytes; i++)
            {
                different += sent[i] == found[i] ? 0 : 1;
            }

            return different <= FewBytes;
        }
    }

    private async Task<Answer> SendAsync(ManifestContent manifest, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await SendOnceAsync(manifest, name, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (error.DigestIsRefused)
        {
            session.Log.Verbose($"The manifest '{name}' is sent to '{repository.Name}' again: {error.Message}");
            return await SendOnceAsync(manifest, name, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (error.StatusCode is 0 or >= 500)
        {
            // The manifest may be stored although the response was lost.
            if (!await IsThereAsync(manifest, name, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return default;
        }
    }

    private async Task<Answer> SendOnceAsync(ManifestContent manifest, string name, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await PutAsync(
            manifest.Bytes, manifest.MediaType, name, cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(
            response, $"write the manifest '{Describe(name)}'", cancellationToken).ConfigureAwait(false);
        return new Answer(ManifestProbe.GetDigest(response), response.Headers.Contains(SubjectHeader));
    }

    private Task<HttpResponseMessage> PutAsync(
        ReadOnlyMemory<byte> bytes, string? mediaType, string name, CancellationToken cancellationToken) =>
        session.SendAsync(
        HttpMethod.Put,
        $"{repository.Repository}/manifests/{name}",
        _push,
        request =>
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        },
        cancellationToken);

    private async Task<bool> IsThereAsync(ManifestContent manifest, string name, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = _poll.Begin();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return (await _probe.LookAsync(name, manifest, either.Token).ConfigureAwait(false)).Digest == manifest.Digest;
        }
        catch (Exception error) when (
            error is OciException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The registry's response to the manifest itself says more.
            return false;
        }
    }

    private async Task CheckAsync(Written written, CancellationToken cancellationToken)
    {
        TagState state = await LookAsync(written, cancellationToken).ConfigureAwait(false);
        if (written.IsThere(state))
        {
            return;
        }

        string name = Describe(written.Name);
        if (written.IsAsBefore(state))
        {
            string what = state.Digest is { } digest ? $"it still has {digest} there" : "it has nothing there";
            string putBack = await PutBackAsync(written, state, cancellationToken).ConfigureAwait(false);
            throw written.IsToldOtherwise
                ? new InvalidContentException(
                    ErrorIds.DigestMismatch,
                    $"'{repository.Registry}' stored the manifest of '{name}' as {written.Told}, but it was sent as "
                        + $"{written.Manifest.Digest}; and {what}.{putBack}")
                : NotStored(
                    $"'{repository.Registry}' said that it took the manifest {written.Manifest.Digest} as '{name}', but {what}.{putBack}");
        }

        if (written.IsDamaged(state))
        {
            throw new InvalidContentException(
                ErrorIds.DigestMismatch,
                $"'{repository.Registry}' stored the manifest of '{name}' as {state}, but it was sent as {written.Manifest.Digest}: it "
                    + $"was damaged on the way.{await PutBackAsync(written, state, cancellationToken).ConfigureAwait(false)}");
        }

        if (!await IsThereAsync(written.Manifest, written.Manifest.Digest.ToString(), cancellationToken).ConfigureAwait(false))
        {
            throw NotStored(
                $"'{repository.Registry}' said that it took the manifest {written.Manifest.Digest} as '{name}', but does not have it; "
                    + $"'{name}' is {state}, which another writer wrote meanwhile and which stays.");
        }

        session.Log.Warning(
            $"'{name}' was written as {written.Manifest.Digest}, but is {state} now: another writer wrote it later.");
    }

    /// <summary>The final state of the name.</summary>
    private async Task<TagState> LookAsync(Written written, CancellationToken cancellationToken)
    {
        try
        {
            // Some registries answer HEAD wrongly: the second and the last check use GET, as readers do.
            int looks = 0;
            TagState state = await _poll.RunAsync(
                token => ++looks == 2
                    ? _probe.ReadAsync(written.Name, written.Manifest, token)
                    : _probe.LookAsync(written.Name, written.Manifest, token),
                seen => !written.IsAsBefore(seen) || written.IsThere(seen),
                cancellationToken).ConfigureAwait(false);
            return written.IsThere(state)
                ? state
                : await _probe.ReadAsync(written.Name, written.Manifest, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error)
        {
            throw new RegistryException(
                error.ErrorId,
                $"'{Describe(written.Name)}' was written as {written.Manifest.Digest}, but whether the registry has it could not be "
                    + $"verified: {error.Message}", error.StatusCode, error);
        }
    }

    /// <summary>Restores the former manifest of a tag; returns a description of the outcome.</summary>
    private async Task<string> PutBackAsync(Written written, TagState state, CancellationToken cancellationToken)
    {
        if (written.Before is not { } before)
        {
            return state.Digest is null || written.IsByDigest ? string.Empty : " There was nothing before that could be put back.";
        }

        if (state.Digest == before.Digest)
        {
            return string.Empty;
        }

        string why = string.Empty;
        try
        {
            using HttpResponseMessage response = await PutAsync(
                before.Bytes, before.MediaType, written.Name, cancellationToken).ConfigureAwait(false);
            await RegistryErrors.EnsureSuccessAsync(response, "take it", cancellationToken).ConfigureAwait(false);
            TagState after = await _poll.RunAsync(
                token => _probe.ReadAsync(written.Name, written.Manifest, token),
                seen => IsSame(seen.Manifest, before),
                cancellationToken).ConfigureAwait(false);
            if (IsSame(after.Manifest, before))
            {
                return $" The manifest that was there before, {before.Digest}, was put back.";
            }
        }
        catch (OciException error)
        {
            why = $": {error.Message.TrimEnd('.')}";
        }

        return $" The manifest that was there before, {before.Digest}, could not be put back{why}.";
    }

    private static bool IsSame(StoredManifest? found, StoredManifest before) =>
        found is not null && found.Bytes.Span.SequenceEqual(before.Bytes.Span);

    private string Describe(string name) =>
        Digest.TryParse(name, out Digest digest) ? repository.WithDigest(digest).ToString() : repository.WithTag(name).ToString();

    private static RegistryException NotStored(string message) => new(
        ErrorIds.NotStored,
        $"{message} A registry whose storage was cleaned up while it ran may have to be restarted; a proxy before it has to forward PUT.");
}
