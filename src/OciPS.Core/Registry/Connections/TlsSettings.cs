// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;

namespace OciPS.Registry.Connections;

/// <summary>Whom to trust beside what the system trusts, and who we are to TLS.</summary>
internal sealed record TlsSettings
{
    public static TlsSettings Default { get; } = new();

    /// <summary>Whether the registry's own certificate is taken as it is.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Authorities that are trusted for this registry and for what it refers to.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Certificates, with their keys, that the registry may ask for.</summary>
    public IReadOnlyList<X509Certificate2> ClientCertificates { get; init; } = [];

    public bool IsDefault => !SkipCertificateCheck && Authorities.Count == 0 && ClientCertificates.Count == 0;

    /// <summary>Both together.</summary>
    public TlsSettings With(TlsSettings other) => new()
    {
        SkipCertificateCheck = SkipCertificateCheck || other.SkipCertificateCheck,
        Authorities = [.. Authorities, .. other.Authorities],
        ClientCertificates = [.. ClientCertificates, .. other.ClientCertificates],
    };
}
