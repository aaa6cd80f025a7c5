// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Connections;

/// <summary>The user's settings for a registry in this session.</summary>
/// <param name="Registry">The registry's host as references name it.</param>
internal sealed record RegistryConnection(string Registry)
{
    /// <summary>The credential; null to search the files of other tools.</summary>
    public RegistryCredential? Credential { get; init; }

    /// <summary>The user name when the connection was made; empty if anonymous or with a token.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>Whether the registry is used over plain HTTP, credentials included.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>The authorities that are trusted in addition to the system's, and the client certificates.</summary>
    public TlsSettings Tls { get; init; } = TlsSettings.Default;

    /// <summary>The mirrors for reading, in order.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];

    /// <summary>The expiry of the credential; null if unknown.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    public override string ToString() => Registry;
}
