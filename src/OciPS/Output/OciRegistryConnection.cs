// SPDX-License-Identifier: MIT

using OciPS.Registry.Connections;

namespace OciPS;

/// <summary>A registry that this session is connected to; holds no secret.</summary>
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

    /// <summary>The user that the registry knows us as; empty for nobody, and for a token.</summary>
    public string UserName { get; }

    /// <summary>Whether the registry is spoken to over plain HTTP.</summary>
    public bool PlainHttp { get; }

    /// <summary>Whether the registry's certificate is taken as it is.</summary>
    public bool SkipCertificateCheck { get; }

    /// <summary>The registries that are asked first for manifests and blobs, in this order.</summary>
    public IReadOnlyList<string> Mirror { get; }

    /// <summary>
    /// When the token ends, in this machine's time zone; null if it does not say, and for a name and password, for which there are new
    /// tokens.
    /// </summary>
    public DateTime? ExpiresOn { get; }

    /// <summary>The registry's host.</summary>
    public override string ToString() => Registry;
}
