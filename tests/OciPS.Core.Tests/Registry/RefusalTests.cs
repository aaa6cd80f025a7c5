// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>What an error says of a refusal: the registry's own words, what was sent, and what helps.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class RefusalTests : RegistryTestBase, IDisposable
{
    private const string Password = "not a real password";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();

    public RefusalTests()
    {
        _environment.Set("DOCKER_CONFIG", _folder.Path);
        _environment.Set("REGISTRY_AUTH_FILE", null);
        _environment.Set("XDG_RUNTIME_DIR", _folder["none"]);
        _environment.Set("XDG_CONFIG_HOME", _folder["none"]);
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        AllowCredentials();
        Registry.Options.Basic = ("user", Password);
    }

    public void Dispose()
    {
        TestSession.Current.Registries.DisconnectAll();
        _environment.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Unauthorized_NoCredential_SaysSoAndWhatHelps()
    {
        OciException error = await RefusedAsync();

        Assert.Contains("(status 401)", error.Message, StringComparison.Ordinal);
        Assert.Contains("No credential was sent", error.Message, StringComparison.Ordinal);
        Assert.Equal(Remedy.GiveCredential, error.Remedy);
    }

    [Fact]
    public async Task Unauthorized_WrongPasswordOfAFile_NamesUserAndFile()
    {
        WriteConfig("wrong");

        OciException error = await RefusedAsync();

        Assert.Contains($"'user' from '{_folder["config.json"]}' was sent", error.Message, StringComparison.Ordinal);
        Assert.Equal(Remedy.CorrectCredential, error.Remedy);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unauthorized_WrongPasswordOfTheConnection_NamesItsSource()
    {
        Connect("wrong");

        Assert.Contains("'user' from Connect-OciRegistry was sent", await MessageAsync("Unauthorized"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "'user' from Connect-OciRegistry was sent; it is known, but not allowed to do this.")]
    [InlineData(false, "No credential was sent")]
    public async Task Forbidden_WithAndWithoutACredential_SaysWhichItWas(bool hasCredential, string expected)
    {
        if (hasCredential)
        {
            Connect(Password);
        }
        else
        {
            Registry.Options.Basic = null;
        }

        Answer(403, "application/json", """{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}""");

        OciException error = await RefusedAsync("AccessDenied");

        Assert.Contains("DENIED requested access to the resource is denied.", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.NotEqual(Remedy.CorrectCredential, error.Remedy);
    }

    [Theory]
    [InlineData("application/json", """{"message":"Bad credentials"}""", "Bad credentials.")]
    [InlineData(
        "application/json",
        """{"error":"invalid_grant","error_description":"The token is too old"}""",
        "invalid_grant: The token is too old.")]
    [InlineData("application/json", """{"details":"incorrect username or password"}""", "incorrect username or password.")]
    [InlineData("text/plain; charset=utf-8", "your address is not allowed here\n", "your address is not allowed here.")]
    [InlineData(
        "application/xml",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        "AccessDenied Request has expired.")]
    [InlineData("application/json", """{"errors":[{"code":"X","message":"cut off""", "{\"errors\":[{\"code\":\"X\",\"message\":\"cut off.")]
    [InlineData("text/html", "<html><head><title>Sign in &amp; go</title></head><body>x</body></html>", "an HTML page ('Sign in & go')")]
    [InlineData("", "<!DOCTYPE html>\n<html>", "an HTML page")]
    public async Task Forbidden_AnyBody_IsToldInItsWords(string type, string body, string expected)
    {
        Connect(Password);
        Answer(403, type, body);

        string message = await MessageAsync("AccessDenied");

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("<", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forbidden_LongTextWithEscapes_IsShortenedAndHarmless()
    {
        Answer(403, "text/plain", "start \e[31m\u009b\u202e" + new string('x', 5000));
        Registry.Options.Basic = null;

        string message = await MessageAsync("AccessDenied");

        Assert.Contains("start", message, StringComparison.Ordinal);
        Assert.Contains("…", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 600);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.DoesNotContain('\u202e', message);
    }

    [Theory]
    [InlineData(401, """{"details":"incorrect username or password"}""", "incorrect username or password", true)]
    [InlineData(401, "<html><title>Portal</title></html>", "an HTML page ('Portal')", false)]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"blocked"}]}""", "DENIED blocked", false)]
    [InlineData(404, "no such service", "no such service", false)]
    public async Task Token_Refused_SaysTheServicesWords(int status, string body, string expected, bool advises)
    {
        Connect(Password);
        Registry.Options.Basic = null;
        Registry.Options.Bearer = ("user", "another");
        Registry.Options.Intercept = context => context.Request.Path.Value == "/token"
            ? SendAsync(context, status, "", body)
            : Task.FromResult(false);

        OciException error = await RefusedAsync(status is 404 ? "RegistryError" : "Unauthorized");

        Assert.Contains("token service", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(advises, error.Remedy == Remedy.CorrectCredential);
        Assert.DoesNotContain(Password, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forbidden_WhereTheRegistrySendsUs_SaysThatNothingWasSentThere()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        storage.Options.Intercept = context => SendAsync(context, 403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
        Connect(Password);
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.RedirectBlobsTo = "http://" + storage.Host;

        OciException error = await GetErrorAsync(() => ListAsync($"{Host}/team/app:1"));

        Assert.Equal("AccessDenied", error.ErrorId);
        Assert.Contains("another place than the registry", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(Remedy.CorrectCredential, error.Remedy);
    }

    [Fact]
    public async Task Https_ToARegistryOfPlainHttp_NamesTheRemedy()
    {
        Registry.Options.Basic = null;
        OciException error = await PlainHttpErrorAsync(int.Parse(Host.Split(':')[1], CultureInfo.InvariantCulture));

        Assert.Equal((Remedy.AllowPlainHttp, "registry.example.test:8080"), (error.Remedy, error.RemedySubject));
        Assert.Empty(Registry.Requests);
    }

    [PeerFact("docker-registry")]
    public async Task Https_ToDockersRegistryOfPlainHttp_NamesTheRemedy()
    {
        using var registry = new RealRegistry();

        Assert.Equal(Remedy.AllowPlainHttp, (await PlainHttpErrorAsync(registry.Port)).Remedy);
    }

    private static async Task<OciException> PlainHttpErrorAsync(int port)
    {
        var network = new TestNetwork();
        network.Name("registry.example.test", "203.0.113.7");
        network.Serve("203.0.113.7", port);

        OciException error = await GetErrorAsync(() => ResolveAsync("registry.example.test:8080/team/app:1"));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        return error;
    }

    private async Task<string> MessageAsync(string errorId) => (await RefusedAsync(errorId)).Message;

    private async Task<OciException> RefusedAsync(string errorId = "Unauthorized")
    {
        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));
        Assert.Equal(errorId, error.ErrorId);
        return error;
    }

    private void Connect(string password) => TestSession.Current.Registries.Connect(new RegistryConnection(Host)
    {
        PlainHttp = true,
        Credential = RegistryCredential.FromPassword("user", password) with { Source = "Connect-OciRegistry" },
    });

    private void WriteConfig(string password)
    {
        string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + password));
        var json = new JsonObject { ["auths"] = new JsonObject { [Host] = new JsonObject { ["auth"] = auth } } };
        _folder.Write("config.json", Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>Has the registry answer whoever it knows so.</summary>
    private void Answer(int status, string type, string body) => Registry.Options.Intercept = context =>
        Registry.Options.Basic is not null && context.Request.Headers.Authorization.Count == 0
            ? Task.FromResult(false)
            : SendAsync(context, status, type, body);

    private static async Task<bool> SendAsync(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        if (type.Length > 0)
        {
            context.Response.ContentType = type;
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    }
}
