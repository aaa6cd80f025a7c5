// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;

namespace OciPS.Registry.Connections;

/// <summary>The authorities that are trusted in addition to the system's, and the client certificates.</summary>
internal sealed record TlsSettings
{
    public static TlsSettings Default { get; } = new();

    /// <summary>Whether the registry's certificate is not verified.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Authorities that are trusted for this registry and for the hosts that it refers to.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Client certificates with their keys.</summary>
    public IReadOnlyList<X509Certificate2> ClientCertificates { get; init; } = [];

    public bool IsDefault => !SkipCertificateCheck && Authorities.Count == 0 && ClientCertificates.Count == 0;

    /// <summary>Combines both settings.</summary>
    public TlsSettings With(TlsSettings other) => new()
    {
        SkipCertificateCheck = SkipCertificateCheck || other.SkipCertificateCheck,
        Authorities = [.. Authorities, .. other.Authorities],
        ClientCertificates = [.. ClientCertificates, .. other.ClientCertificates],
    };
}
