// SPDX-License-Identifier: MIT

using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Explains why a registry could not be reached.</summary>
internal sealed class FaultTexts(string registry)
{
    /// <summary>The error for a missing response.</summary>
    public RegistryException Unreachable(
        HttpRequestMessage request, string why, Exception error, bool isTransient, Remedy remedy = Remedy.None) => new(
            ErrorIds.RegistryUnreachable,
            $"{RegistryRequest.For(request).Whom} cannot be reached at '{request.RequestUri!.Place()}': {why}", 0, error)
        {
            IsTransient = isTransient,
            Remedy = remedy,
            RemedySubject = registry,
        };

    /// <summary>Why a transfer failed, and the remedy.</summary>
    public (string Why, Remedy Remedy) Describe(HttpRequestException error, Uri address)
    {
        bool isHttps = address.Scheme == Uri.UriSchemeHttps;
        if (isHttps && IsNoTls(error))
        {
            return IsRegistry(address)
                ? ("HTTPS is not spoken there, but something else, plain HTTP as it seems.", Remedy.AllowPlainHttp)
                : ("HTTPS is not spoken there, but something else.", Remedy.None);
        }

        return error.HttpRequestError == HttpRequestError.SecureConnectionError
            ? (error.GetBaseException().Message, Remedy.TrustAuthority)
            : isHttps && EndedByServer(error) is { } ended
            ? (ended.Message, Remedy.GiveClientCertificate)
            : (error.GetBaseException().Message, Remedy.None);
    }

    private bool IsRegistry(Uri address) => string.Equals(address.Authority, registry, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the server did not answer with TLS: SslStream has no error code for that, only this text.</summary>
    private static bool IsNoTls(HttpRequestException error) =>
        error is { HttpRequestError: HttpRequestError.SecureConnectionError }
            && error.GetBaseException().Message.Contains("determine the frame size", StringComparison.OrdinalIgnoreCase);

    // A server that requires a client certificate closes the connection after the handshake; the exception depends on what was in progress.
    private static Exception? EndedByServer(HttpRequestException error)
    {
        for (Exception? cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or HttpProtocolException or ObjectDisposedException)
            {
                return cause is ObjectDisposedException ? error : cause;
            }
        }

        return null;
    }
}
