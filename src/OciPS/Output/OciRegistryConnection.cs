// SPDX-License-Identifier: MIT

using OciPS.Registry.Connections;

namespace OciPS;

/// <summary>A registry connection of this session, without secrets.</summary>
public sealed class OciRegistryConnection
{
    internal OciRegistryConnection(RegistryConnection connection)
    {
        Registry = connection.Registry;
        UserName = connection.UserName;
        PlainHttp = connection.PlainHttp;
        SkipCertificateCheck = connection.Tls.SkipCertificateCheck;
        Mirror = connection.Mirrors.Select(mirror => mirror.ToString()).ToArray();
        ExpiresOn = connection.ExpiresOn?.LocalDateTime;
    }

    internal OciRegistryConnection(SavedObject saved)
    {
        Registry = saved.Text(nameof(Registry));
        UserName = saved.Text(nameof(UserName));
        PlainHttp = saved.Flag(nameof(PlainHttp));
        SkipCertificateCheck = saved.Flag(nameof(SkipCertificateCheck));
        Mirror = saved.Texts(nameof(Mirror));
        ExpiresOn = saved.Date(nameof(ExpiresOn));
    }

    /// <summary>The registry's host, as references name it.</summary>
    public string Registry { get; }

    /// <summary>The user name at the registry; empty if anonymous or with a token.</summary>
    public string UserName { get; }

    /// <summary>Whether the registry is used over plain HTTP.</summary>
    public bool PlainHttp { get; }

    /// <summary>Whether the registry's certificate is not verified.</summary>
    public bool SkipCertificateCheck { get; }

    /// <summary>The mirrors for manifests and blobs, in order.</summary>
    public IReadOnlyList<string> Mirror { get; }

    /// <summary>
    /// The expiry of the token, in this machine's time zone; null if unknown, and for a name and password, which get new tokens.
    /// </summary>
    public DateTime? ExpiresOn { get; }

    /// <summary>The registry's host.</summary>
    public override string ToString() => Registry;
}
