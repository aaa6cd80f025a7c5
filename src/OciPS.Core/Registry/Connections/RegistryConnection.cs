// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Connections;

/// <summary>What the user said of a registry in this session.</summary>
/// <param name="Registry">The registry's host as references name it.</param>
internal sealed record RegistryConnection(string Registry)
{
    /// <summary>Who we are there; null to look where other tools keep that.</summary>
    public RegistryCredential? Credential { get; init; }

    /// <summary>The user that the registry was told when the connection was made; empty for nobody, and for a token.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>Whether the registry is spoken to over plain HTTP, credentials included.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Whom to trust beside what the system trusts, and who we are to TLS.</summary>
    public TlsSettings Tls { get; init; } = TlsSettings.Default;

    /// <summary>Other registries that are asked first when something is read, in this order.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];

    /// <summary>When the credential ends; null if that is not known.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    public override string ToString() => Registry;
}
