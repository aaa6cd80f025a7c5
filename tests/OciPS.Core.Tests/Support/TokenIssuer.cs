// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OciPS.Core.Tests.Support;

/// <summary>A token service on loopback that real registries trust.</summary>
/// <remarks>distribution, "Token Authentication Implementation" and "OAuth2 Token Authentication".</remarks>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Name = "OciPS test issuer";
    public const string Service = "OciPS test registry";
    public const string IdentityToken = "not a real identity token";

    // How long a registry takes a token after its end, for the sake of clocks that differ.
    private const int Leeway = 60;

    private readonly WebApplication _application;
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private string _identityToken = IdentityToken;

    private TokenIssuer(WebApplication application)
    {
        _application = application;
        _certificate = _authority.IssueServer("tokens");
    }

    public string Realm { get; private set; } = string.Empty;

    public string AuthorityPem => _authority.Pem;

    /// <summary>For how many seconds the registry takes a token.</summary>
    public int Lifetime { get; set; } = 300;

    /// <summary>For how many seconds the service says that it does.</summary>
    public int ExpiresIn { get; set; } = 300;

    /// <summary>What a repository's users may do of what they ask for.</summary>
    public Func<string, string, bool> Allows { get; set; } = static (_, _) => true;

    /// <summary>Whether all is refused that asks for more than one scope.</summary>
    public bool RefusesSeveralScopes { get; set; }

    /// <summary>Whether an identity token is good for one request, whose answer has the next one.</summary>
    public bool RenewsIdentityTokens { get; set; }

    /// <summary>What was asked for: the method, then the scopes.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<TokenIssuer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var issuer = new TokenIssuer(application);
        application.Run(issuer.HandleAsync);
        await application.StartAsync();
        issuer.Realm = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            + "/token";
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        bool isRefresh = HttpMethods.IsPost(context.Request.Method);
        IFormCollection? form = isRefresh ? await context.Request.ReadFormAsync() : null;
        string[] scopes = isRefresh
            ? form!["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : [.. context.Request.Query["scope"].OfType<string>()];
        Asked.Enqueue($"{context.Request.Method} {string.Join(' ', scopes)}");
        string service = isRefresh ? form!["service"].ToString() : context.Request.Query["service"].ToString();
        bool isKnown = isRefresh
            ? form!["grant_type"] == "refresh_token" && form["refresh_token"] == _identityToken && form["client_id"].ToString().Length > 0
            : context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{RealRegistry.UserName}:{RealRegistry.Password}"));
        if (service != Service || !isKnown || (RefusesSeveralScopes && scopes.Length > 1))
        {
            context.Response.StatusCode = isKnown ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
            return;
        }

        string token = Sign(scopes);
        _identityToken = isRefresh && RenewsIdentityTokens ? Guid.NewGuid().ToString("N") : _identityToken;
        await context.Response.WriteAsJsonAsync(isRefresh
            ? new Dictionary<string, object> { ["access_token"] = token, ["expires_in"] = ExpiresIn, ["refresh_token"] = _identityToken }
            : new Dictionary<string, object> { ["token"] = token, ["expires_in"] = ExpiresIn });
    }

    private string Sign(string[] scopes)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var access = scopes.Select(scope => scope.Split(':')).Select(parts => new
        {
            type = parts[0],
            name = parts[1],
            actions = parts[2].Split(',').Where(action => Allows(parts[1], action)).ToArray(),
        });
        string header = Encode(JsonSerializer.SerializeToUtf8Bytes(
            new { typ = "JWT", alg = "ES256", x5c = new[] { Convert.ToBase64String(_certificate.RawData) } }));
        string claims = Encode(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Name,
            sub = RealRegistry.UserName,
            aud = Service,
            exp = now + Lifetime - Leeway,
            nbf = now - Leeway,
            iat = now,
            jti = Guid.NewGuid().ToString("N"),
            access,
        }));
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        return $"{header}.{claims}.{Encode(key.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
