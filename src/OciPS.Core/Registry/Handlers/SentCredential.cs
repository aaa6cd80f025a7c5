// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Handlers;

/// <summary>The credential that was sent with a request, for the error when the request is refused.</summary>
/// <param name="IsOwn">Whether the request went to the registry or its token service, and not to where a registry sent us.</param>
/// <param name="Credential">The credential; null for none.</param>
internal sealed record SentCredential(bool IsOwn, RegistryCredential? Credential)
{
    private static readonly HttpRequestOptionsKey<SentCredential> s_key = new("OciPS.SentCredential");

    /// <summary>Notes it at a request.</summary>
    public void NoteAt(HttpRequestMessage request) => request.Options.Set(s_key, this);

    /// <summary>What was noted at a request; null if nothing was.</summary>
    public static SentCredential? For(HttpRequestMessage? request) =>
        request is not null && request.Options.TryGetValue(s_key, out SentCredential? sent) ? sent : null;

    /// <summary>Says what was sent, and whether a credential helps.</summary>
    /// <param name="status">The refusal.</param>
    /// <param name="isPage">Whether the answer was a page for browsers: then no credential of ours helps.</param>
    public (string Text, Remedy Remedy) Explain(HttpStatusCode status, bool isPage)
    {
        if (!IsOwn)
        {
            return ("No credential was sent, since this is another place than the registry.", Remedy.None);
        }

        if (Credential is null)
        {
            return ("No credential was sent, since none was found.", isPage ? Remedy.None : Remedy.GiveCredential);
        }

        string sent = $"{Credential.Describe()} was sent";
        return isPage ? ($"{sent}.", Remedy.None)
            : status == HttpStatusCode.Forbidden ? ($"{sent}; it is known, but not allowed to do this.", Remedy.None)
            : ($"{sent}, and is not taken.", Remedy.CorrectCredential);
    }
}
