// SPDX-License-Identifier: MIT

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Http;

/// <summary>Decides whether a server's certificate is trusted, and which client certificate the server gets.</summary>
/// <param name="settings">The user's settings.</param>
/// <param name="host">The registry's own host: only for it is the check skipped or a client certificate sent.</param>
internal sealed class ServerTrust(TlsSettings settings, string host)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The TLS options of an HTTP handler.</summary>
    public SslClientAuthenticationOptions ToOptions()
    {
        var options = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsTrusted };
        if (settings.ClientCertificates.Count > 0)
        {
            options.ClientCertificates = [.. settings.ClientCertificates];
            options.LocalCertificateSelectionCallback = (_, targetHost, certificates, _, _) => IsOwn(targetHost) && certificates.Count > 0
                ? certificates[0]
                : null!;
        }

        return options;
    }

    private bool IsOwn(string? targetHost) => string.Equals(targetHost, host, StringComparison.OrdinalIgnoreCase);

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None || (settings.SkipCertificateCheck && IsOwn((sender as SslStream)?.TargetHostName)))
        {
            return true;
        }

        return errors == SslPolicyErrors.RemoteCertificateChainErrors
            && settings.Authorities.Count > 0
            && certificate is not null
            && IsIssued(certificate, chain);
    }

    /// <summary>Whether the chain ends at one of the user's authorities.</summary>
    private bool IsIssued(X509Certificate certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (X509Certificate2 authority in settings.Authorities)
        {
            chain.ChainPolicy.CustomTrustStore.Add(authority);
        }

        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var server = new X509Certificate2(certificate);
        return chain.Build(server);
    }
}
