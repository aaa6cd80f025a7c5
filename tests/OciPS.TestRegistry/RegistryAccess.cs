// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>Lets in who proves who they are, and gives out tokens.</summary>
internal sealed class RegistryAccess(RegistryServerOptions options)
{
    private readonly ConcurrentDictionary<string, HashSet<string>> _tokens = new();
    private readonly ConcurrentDictionary<string, int> _uses = new();

    /// <summary>Takes back all tokens.</summary>
    public void EndTokens() => _tokens.Clear();

    /// <summary>Answers in place of the registry; false if the request may pass.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            await GiveTokenAsync(context).ConfigureAwait(false);
            return true;
        }

        string authorization = context.Request.Headers.Authorization.ToString();
        if (options.Basic is { } basic && authorization != Encode(basic))
        {
            Refuse(context, "Basic realm=\"test\"");
            return true;
        }

        if (options.Bearer is not null && !IsAllowed(context.Request, authorization))
        {
            string realm = string.Format(
                System.Globalization.CultureInfo.InvariantCulture, options.Realm, $"http://{context.Request.Host}");
            Refuse(context, $"Bearer realm=\"{realm}\",service=\"test\",scope=\"{Needed(context.Request)}\"");
            return true;
        }

        return false;
    }

    private static string Encode((string User, string Password) credential) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Password}"));

    private static void Refuse(HttpContext context, string challenge)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = challenge;
    }

    private static string Needed(HttpRequest request)
    {
        string repository = RegistryEndpoints.GetRepository(request.Path.Value!);
        return $"repository:{repository}:"
            + $"{(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? "pull" : "pull,push")}";
    }

    private bool IsAllowed(HttpRequest request, string authorization)
    {
        string needed = Needed(request);
        return authorization.StartsWith("Bearer ", StringComparison.Ordinal)
            && _tokens.TryGetValue(authorization[7..], out HashSet<string>? scopes)
            && (request.Path == "/v2/" || scopes.Contains(needed) || scopes.Contains(needed + ",push"))
            && (options.TokenUses is not { } uses || _uses.AddOrUpdate(authorization, 1, static (_, count) => count + 1) <= uses);
    }

    private async Task GiveTokenAsync(HttpContext context)
    {
        if (options.Bearer is { User.Length: > 0 } user && context.Request.Headers.Authorization != Encode(user))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        string token = Guid.NewGuid().ToString("N");
        _tokens[token] = context.Request.Query["scope"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        await context.Response.WriteAsJsonAsync(new { token, expires_in = 300 }).ConfigureAwait(false);
    }
}
