// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using OciPS.Completers;
using OciPS.Registry;
using OciPS.Registry.Auth;
using OciPS.Registry.Connections;
using OciPS.Registry.Http;

namespace OciPS.Commands;

/// <summary>Sets the credential and the connection settings for a registry in this session.</summary>
/// <remarks>
/// <para>
/// These settings take precedence over the credentials that other tools keep in files. They are checked against the registry first, and
/// kept only if the registry accepts them: in memory, for this process and all its runspaces, until Disconnect-OciRegistry or the end.
/// Another Connect-OciRegistry for the same registry replaces all of it. With -WhatIf, no request is sent.
/// </para>
/// <para>Without -Credential and -Token, the credential in the files is used, if there is one, and checked.</para>
/// <para>
/// Certificates that Docker or podman keep in their certs.d folders are used without being named here, and the proxies that HTTPS_PROXY,
/// HTTP_PROXY and NO_PROXY name.
/// </para>
/// </remarks>
/// <example>
/// <code>Connect-OciRegistry registry.example.com -Credential (Get-Credential)</code>
/// <para>Asks for a name and password, checks them, and uses them from now on.</para>
/// </example>
/// <example>
/// <code>Connect-OciRegistry registry.example.com -Token $env:REGISTRY_TOKEN</code>
/// <para>Uses a token that was obtained elsewhere.</para>
/// </example>
/// <example>
/// <code>Connect-OciRegistry registry.example.com -CertificateAuthority ./ca.crt</code>
/// <para>Trusts a registry whose certificate comes from a private authority.</para>
/// </example>
/// <example>
/// <code>Connect-OciRegistry registry.example.com -PlainHttp</code>
/// <para>Speaks plain HTTP, and sends credentials over it, as for a registry in a closed network.</para>
/// </example>
/// <example>
/// <code>Connect-OciRegistry registry.example.com -Mirror mirror.example.com/hub, second.example.com</code>
/// <para>Reads manifests and blobs from the first mirror that has them, and from the registry where none has.</para>
/// </example>
/// <seealso cref="DisconnectOciRegistryCommand"/>
/// <seealso cref="GetOciRegistryConnectionCommand"/>
/// <seealso>about_OciPS_Authentication</seealso>
[Cmdlet(
    VerbsCommunications.Connect, "OciRegistry", DefaultParameterSetName = CredentialSet,
    SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(OciRegistryConnection))]
public sealed class ConnectOciRegistryCommand : AsyncCmdlet
{
    private const string CredentialSet = "Credential";
    private const string TokenSet = "Token";
    private const string Source = "Connect-OciRegistry";

    /// <summary>The registries: HOST or HOST:PORT, as references begin; docker.io is Docker's own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    public string[] Registry { get; set; } = [];

    /// <summary>The user's name and password, or name and access token where a registry takes one as a password.</summary>
    [Parameter(ParameterSetName = CredentialSet, Position = 1)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>A token that goes to the registry as it is (Authorization: Bearer): a SecureString, or a string.</summary>
    [Parameter(ParameterSetName = TokenSet, Mandatory = true)]
    [SecretText]
    public SecureString? Token { get; set; }

    /// <summary>Speaks plain HTTP with the registry, and allows credentials over it. Anyone on the network path can read them.</summary>
    [Parameter]
    public SwitchParameter PlainHttp { get; set; }

    /// <summary>
    /// Does not verify the registry's certificate. Anyone on the network path can pretend to be the registry; -CertificateAuthority is
    /// better.
    /// </summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>
    /// Files with the certificates of authorities (PEM or DER) that are trusted for this registry and for what it refers to, beside those
    /// that the system trusts.
    /// </summary>
    [Parameter]
    public string[]? CertificateAuthority { get; set; }

    /// <summary>A certificate with its private key, for a registry that requires one; it is sent to no other host.</summary>
    [Parameter]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>
    /// Registries that manifests and blobs are read from first, in this order: HOST, HOST:PORT or HOST/PREFIX. Nothing is written there,
    /// and tags are listed by the registry itself.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    public string[]? Mirror { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (string registry in Registry)
        {
            await ForItemAsync(registry, () => ConnectAsync(registry, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync(string registry, CancellationToken cancellationToken)
    {
        string host = RegistryHost.Parse(registry);
        if (!await InvokeAsync(() => ShouldProcess(host, "Connect"), cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        string? token = Token is null ? null : new NetworkCredential(string.Empty, Token).Password;
        var connection = new RegistryConnection(host)
        {
            Credential = token is null ? ToCredential(Credential) : new RegistryCredential { RegistryToken = token, Source = Source },
            ExpiresOn = token is null ? null : TokenExpiry.From(token),
            PlainHttp = PlainHttp,
            Mirrors = [.. (Mirror ?? []).Select(RegistryMirror.Parse)],
            Tls = new TlsSettings
            {
                SkipCertificateCheck = SkipCertificateCheck,
                Authorities = await ReadAuthoritiesAsync(cancellationToken).ConfigureAwait(false),
                ClientCertificates = Certificate is null ? [] : [Certificate],
            },
        };
        await ConnectionChecker.CheckAsync(connection, ModuleSession.Current.Registries, Log, cancellationToken).ConfigureAwait(false);
        connection =
            connection with { UserName = await ConnectionChecker.GetUserAsync(connection, cancellationToken).ConfigureAwait(false) };
        ModuleSession.Current.Registries.Connect(connection);
        await WriteLiveAsync(new OciRegistryConnection(connection), cancellationToken).ConfigureAwait(false);
    }

    private static RegistryCredential? ToCredential(PSCredential? credential) => string.IsNullOrEmpty(credential?.UserName)
        ? null
        : RegistryCredential.FromPassword(credential.UserName, credential.GetNetworkCredential().Password) with { Source = Source };

    private async Task<IReadOnlyList<X509Certificate2>> ReadAuthoritiesAsync(CancellationToken cancellationToken)
    {
        string[] paths = await InvokeAsync(
            () => (CertificateAuthority ?? []).Select(this.ToProviderPath).ToArray(), cancellationToken).ConfigureAwait(false);
        return [.. paths.SelectMany(CertificateFiles.ReadAuthorities)];
    }
}
