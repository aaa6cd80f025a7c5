// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Handlers;

/// <summary>The credential that was sent with a request, for the error text if the request is refused.</summary>
/// <param name="IsOwn">Whether the request went to the registry or its token service, not to the target of a redirect.</param>
/// <param name="Credential">The credential; null for none.</param>
internal sealed record SentCredential(bool IsOwn, RegistryCredential? Credential)
{
    private static readonly HttpRequestOptionsKey<SentCredential> s_key = new("OciPS.SentCredential");

    /// <summary>Attaches this to a request.</summary>
    public void NoteAt(HttpRequestMessage request) => request.Options.Set(s_key, this);

    /// <summary>The credential attached to a request; null if there is none.</summary>
    public static SentCredential? For(HttpRequestMessage? request) =>
        request is not null && request.Options.TryGetValue(s_key, out SentCredential? sent) ? sent : null;

    /// <summary>Explains what was sent, and whether a credential helps.</summary>
    /// <param name="status">The status of the refusal.</param>
    /// <param name="isPage">Whether the response was an HTML page: then a credential does not help.</param>
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
