// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Who we are, and to whom that is told. Credentials come from a Docker config of the test's own.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class RegistryAccessTests : RegistryTestBase, IDisposable
{
    private const string Password = "not:a real password";

    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable("DOCKER_CONFIG");

    public RegistryAccessTests() => Environment.SetEnvironmentVariable("DOCKER_CONFIG", _folder.Path);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        AllowCredentials();
    }

    public void Dispose()
    {
        TestSession.Current.Registries.DisconnectAll();
        Environment.SetEnvironmentVariable("DOCKER_CONFIG", _before);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("http://{0}")]
    [InlineData("https://{0}/v1/")]
    public async Task Resolve_BasicChallenge_IsAnsweredFromDockersConfig(string key)
    {
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Basic = ("user", Password);
        WriteConfig(string.Format(System.Globalization.CultureInfo.InvariantCulture, key, Host), Password);

        await ResolveAsync($"{Host}/team/app:1");
        await ListAsync($"{Host}/team/app:1");

        Assert.Equal("", Registry.Requests[0].Authorization);
        Assert.All(Registry.Requests.Skip(1), request => Assert.StartsWith("Basic ", request.Authorization, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resolve_WrongPassword_IsUnauthorizedWithoutTheSecret()
    {
        Registry.Options.Basic = ("user", "another");
        WriteConfig(Host, Password);

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal("Unauthorized", error.ErrorId);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Encode(Password), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_NoCredential_IsUnauthorized()
    {
        Registry.Options.Basic = ("user", Password);

        Assert.Equal("Unauthorized", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("user")]
    public async Task Remove_BearerChallenge_TakesATokenForEachScopeOnce(string user)
    {
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Bearer = (user, user.Length == 0 ? "" : Password);
        if (user.Length > 0)
        {
            WriteConfig(Host, Password);
        }

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean");

        string[] tokens = Registry.Requests.Where(request => request.Path.StartsWith("/token", StringComparison.Ordinal))
            .Select(request => Uri.UnescapeDataString(request.Path))
            .ToArray();
        Assert.Equal(
            ["/token?service=test&scope=repository:team/app:pull", "/token?service=test&scope=repository:team/app:pull,push"],
            tokens.Order());
        Assert.NotNull(Registry.Content.FindManifest("team/app", "clean"));
    }

    [Fact]
    public async Task Remove_FromAnotherRepository_AsksForBothScopesToMount()
    {
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Bearer = ("", "");

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Contains(
            Registry.Requests,
            request => Uri.UnescapeDataString(request.Path)
                .Contains("scope=repository:clean/app:pull,push&scope=repository:team/app:pull", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resolve_TokenServiceOverPlainHttpElsewhere_GetsNoCredential()
    {
        Registry.Options.Bearer = ("user", Password);
        Registry.Options.Realm = "http://token.example.com/token";
        WriteConfig(Host, Password);

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal("Unauthorized", error.ErrorId);
        Assert.Contains("http://token.example.com/token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{1}")]
    public async Task Resolve_RegistryRepeatsTheCredential_TellsNoneOfIt(string repeated)
    {
        WriteConfig(Host, Password);
        Registry.Options.Intercept = async context =>
        {
            string authorization = context.Request.Headers.Authorization.ToString();
            context.Response.StatusCode = authorization.Length > 0 ? 403 : 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"it\"";
            string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, repeated, authorization, Password);
            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes($$"""{"errors":[{"code":"DENIED","message":"no right for {{text}}"}]}"""));
            return true;
        };

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal("AccessDenied", error.ErrorId);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Password}")), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_RegistrySteersTheTerminal_IsShownAsText()
    {
        Registry.Options.Intercept = async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes($$"""{"errors":[{"code":"DENIED","message":"a\u001b[2J\r\nb\u202ec{{new string('x', 5000)}}"}]}"""));
            return true;
        };

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Contains("DENIED a [2J  b cxxx", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1000, 1300);
    }

    [Fact]
    public async Task List_RedirectWithAPasswordInItsAddress_TellsNoneOfIt()
    {
        Registry.Content.PutBlob("team/app", "x"u8.ToArray());
        var log = new RecordingLog();
        Registry.Options.RedirectBlobsTo = "http://storage-user:storage-secret@127.0.0.1:9";
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"), log);

        OciException error = await GetErrorAsync(
            () => store.OpenBlobAsync(new Descriptor("", Digest.FromBytes("x"u8.ToArray()), 1), CancellationToken.None));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Contains("'http://127.0.0.1:9'", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            log.Requests, line => line.StartsWith("GET http://127.0.0.1:9/v2/team/app/blobs/sha256:", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "storage-", string.Join('\n', [error.ToString(), .. log.Messages, .. log.Requests]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_TokenServiceWithAPasswordInItsAddress_TellsNoneOfIt()
    {
        Registry.Options.Bearer = ("user", Password);
        Registry.Options.Realm = "http://realm-user:realm-secret@token.example.com/token";

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Contains("'http://token.example.com/token'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("realm-", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_RedirectToAnotherHost_DoesNotTakeTheCredentialAlong()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(storage, "team/app");
        Registry.Options.Basic = ("user", Password);
        Registry.Options.RedirectBlobsTo = $"http://{storage.Host}";
        WriteConfig(Host, Password);

        // A second registry on loopback stands for a storage service; a redirect to plain HTTP is followed from plain HTTP only.
        await ListAsync($"{Host}/team/app:1");

        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.Equal("", request.Authorization));
    }

    [Fact]
    public async Task Remove_UploadsToAnotherHostOverPlainHttp_AreNotSent()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Basic = ("user", Password);
        Registry.Options.UploadTo = $"http://{storage.Host}";
        WriteConfig(Host, Password);

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Contains(storage.Host, error.Message, StringComparison.Ordinal);
        Assert.Empty(storage.Requests);
        Assert.Null(Registry.Content.FindManifest("team/app", "clean"));
    }

    [Fact]
    public async Task Resolve_DamagedDockerConfig_NamesTheFileAndNoSecret()
    {
        Registry.Options.Basic = ("user", Password);
        string path = _folder.Write("config.json", Encoding.UTF8.GetBytes($$"""{"auths": {"{{Host}}": {"auth": "%%{{Password}}"} } }"""));

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal("InvalidCredentialFile", error.ErrorId);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    private static string Encode(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + password));

    private void WriteConfig(string key, string password) =>
        _folder.Write("config.json", Encoding.UTF8.GetBytes(
            $$"""{"auths": {"other.example.com": {"auth": "{{Encode("other")}}"}, "{{key}}": {"auth": "{{Encode(password)}}"} } }"""));
}
