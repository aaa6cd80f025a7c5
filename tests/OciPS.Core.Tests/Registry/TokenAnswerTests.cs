// SPDX-License-Identifier: MIT

using System.Globalization;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;

namespace OciPS.Core.Tests.Registry;

/// <summary>Token services at the registry's own address over plain HTTP, and what they answer.</summary>
/// <remarks>distribution, "Token Authentication Specification", section "Token Response Fields".</remarks>
public sealed class TokenAnswerTests : RegistryTestBase, IDisposable
{
    private const string Public = "registry.example.test:8080";
    private const string Password = "not a real password";

    private readonly TestNetwork _network = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _network.Name("registry.example.test", "203.0.113.7");
        _network.Serve("203.0.113.7", int.Parse(Host.Split(':')[1], CultureInfo.InvariantCulture));
        TestSession.Current.Registries.Connect(
            new RegistryConnection(Public) { PlainHttp = true, Credential = RegistryCredential.FromPassword("user", Password) });
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Bearer = ("user", Password);
    }

    public void Dispose()
    {
        TestSession.Current.Registries.DisconnectAll();
    }

    [Fact]
    public async Task Resolve_TokenServiceAtTheRegistrysAddressOverPlainHttp_GetsTheCredential()
    {
        await ResolveAsync($"{Public}/team/app:1");

        Assert.Contains(Registry.Requests, request => request.Path.StartsWith("/token", StringComparison.Ordinal)
            && request.Authorization.StartsWith("Basic ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://registry.example.test:8081/token")]
    [InlineData("http://registry.example.test/token")]
    [InlineData("http://other.example.test:8080/token")]
    public async Task Resolve_TokenServiceAtAnotherAddressOverPlainHttp_GetsNothing(string realm)
    {
        Registry.Options.Realm = realm;

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Public}/team/app:1"));

        Assert.Equal("Unauthorized", error.ErrorId);
        Assert.Contains(realm, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Registry.Requests, request => request.Path.StartsWith("/token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"token":"T","expires_in":null}""")]
    [InlineData("""{"token":"","access_token":"T"}""")]
    [InlineData("""{"token":null,"access_token":"T","expires_in":null,"issued_at":null}""")]
    [InlineData("""{"token":"T","expires_in":"300"}""")]
    [InlineData("""{"token":"T","expires_in":300.5}""")]
    [InlineData("""{"token":"T","expires_in":99999999999}""")]
    [InlineData("""{"token":"T","expires_in":-1,"issued_at":"not a date"}""")]
    [InlineData("""{"token":"T","scope":"any","nested":{"a":[1]},"token_type":"Bearer"}""")]
    [InlineData("\uFEFF{\"token\":\"T\"}")]
    public async Task Resolve_TokenAnswerWithOddOrMoreFields_IsTaken(string answer)
    {
        AnswerTokens(context => context.Response.WriteAsync(answer));

        await ResolveAsync($"{Public}/team/app:1");

        Assert.Equal("Bearer T", Registry.Requests[^1].Authorization);
    }

    [Theory]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":5}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    public async Task Resolve_TokenAnswerWithoutAToken_IsNamed(string answer)
    {
        AnswerTokens(context => context.Response.WriteAsync(answer));

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Public}/team/app:1"));

        Assert.Contains("without a token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/real-token", 302)]
    [InlineData("http://registry.example.test:8080/real-token", 302)]
    [InlineData("/real-token", 307)]
    public async Task Resolve_TokenServiceRedirectsToItsOwnHost_IsFollowedWithTheCredential(string location, int status)
    {
        string? sent = null;
        AnswerTokens(context =>
        {
            if (context.Request.Path == "/real-token")
            {
                sent = context.Request.Headers.Authorization;
                return context.Response.WriteAsync("""{"token":"T"}""");
            }

            context.Response.StatusCode = status;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });

        await ResolveAsync($"{Public}/team/app:1");

        Assert.StartsWith("Basic ", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://other.example.test:8080/token")]
    [InlineData("http://registry.example.test:9000/token")]
    public async Task Resolve_TokenServiceRedirectsElsewhere_SendsNothingThere(string location)
    {
        _network.Name("other.example.test", "203.0.113.8");
        AnswerTokens(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Public}/team/app:1"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Equal(2, Registry.Requests.Count);
    }

    [Fact]
    public async Task Resolve_TokenServiceRedirectsInACircle_Ends()
    {
        AnswerTokens(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/token?again";
            return Task.CompletedTask;
        });

        Assert.Contains("circle", (await GetErrorAsync(() => ResolveAsync($"{Public}/team/app:1"))).Message, StringComparison.Ordinal);
    }

    private void AnswerTokens(Func<HttpContext, Task> answer)
    {
        Registry.Options.Bearer = null;
        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Path.Value!.EndsWith("token", StringComparison.Ordinal))
            {
                await answer(context);
                return true;
            }

            bool isKnown = context.Request.Headers.Authorization == "Bearer T";
            context.Response.StatusCode = isKnown ? 200 : 401;
            context.Response.Headers.WWWAuthenticate = isKnown ? default : $"Bearer realm=\"http://{Public}/token\",service=\"test\"";
            return !isKnown;
        };
    }
}
