// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Auth;
using OciPS.Registry.Connections;

namespace OciPS.Core.Tests.Registry;

/// <summary>
/// What people's tools write into credential files; the cases are those of containers-auth.json(5) and of Docker's documentation.
/// </summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class CredentialFileTests : IDisposable
{
    // "user:pass:word" and "other:secret", by `printf … | base64`.
    private const string User = "dXNlcjpwYXNzOndvcmQ=";
    private const string Other = "b3RoZXI6c2VjcmV0";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("registry.example.com", "registry.example.com", "team/app")]
    [InlineData("REGISTRY.example.com", "registry.example.com", "team/app")]
    [InlineData("https://registry.example.com", "registry.example.com", "team/app")]
    [InlineData("https://registry.example.com/v2/", "registry.example.com", "team/app")]
    [InlineData("http://registry.example.com:5000/v1/", "registry.example.com:5000", "app")]
    [InlineData("registry.example.com/team", "registry.example.com", "team/app")]
    [InlineData("registry.example.com/team/app", "registry.example.com", "team/app")]
    [InlineData("https://index.docker.io/v1/", "docker.io", "library/nginx")]
    [InlineData("docker.io", "docker.io", "library/nginx")]
    [InlineData("registry-1.docker.io", "docker.io", "library/nginx")]
    public async Task Find_KeyOfTheRegistry_GivesItsCredential(string key, string registry, string repository)
    {
        RegistryCredential? found = await FindAsync(AuthFile(key, User), registry, repository);

        Assert.Equal(("user", "pass:word"), (found!.UserName, found.Password));
    }

    [Theory]
    [InlineData("registry.example.com:5000", "registry.example.com", "app")]
    [InlineData("example.com", "registry.example.com", "app")]
    [InlineData("registry.example.com/tea", "registry.example.com", "team/app")]
    [InlineData("registry.example.com/team/app", "registry.example.com", "team")]
    [InlineData("docker.io", "docker.example.com", "app")]
    public async Task Find_KeyOfAnother_GivesNothing(string key, string registry, string repository) =>
        Assert.Null(await FindAsync(AuthFile(key, User), registry, repository));

    [Fact]
    public async Task Find_SeveralKeys_TakesTheLongest()
    {
        const string File = "{\"auths\":{\"r.example.com/team\":{\"auth\":\"" + Other + "\"},\"r.example.com\":{\"auth\":\"" + User
            + "\"},\"r.example.com/team/app\":{}}}";

        Assert.Equal("other", (await FindAsync(File, "r.example.com", "team/app"))!.UserName);
        Assert.Equal("user", (await FindAsync(File, "r.example.com", "teams/app"))!.UserName);
    }

    [Fact]
    public async Task Find_Tokens_AreTold()
    {
        RegistryCredential identity =
            (await FindAsync("""{"auths":{"r.example.com":{"auth":"dXNlcjo=","identitytoken":"abc"}}}""", "r.example.com", "app"))!;
        RegistryCredential registry = (await FindAsync("""{"auths":{"r.example.com":{"registrytoken":"def"}}}""", "r.example.com", "app"))!;
        RegistryCredential pair =
            (await FindAsync("""{"auths":{"r.example.com":{"username":"u","password":"p"}}}""", "r.example.com", "app"))!;

        Assert.Equal(("user", null, "abc"), (identity.UserName, identity.Password, identity.IdentityToken));
        Assert.Equal("def", registry.RegistryToken);
        Assert.Equal(("u", "p"), (pair.UserName, pair.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"auths\":")]
    [InlineData("{\"auths\":{\"r.example.com\":{\"auth\":\"SECRET!\"}}}")]
    [InlineData("{\"auths\":{\"r.example.com\":{\"auth\":\"U0VDUkVU\"}}}")]
    public async Task Find_DamagedFile_NamesItAndNoSecret(string content)
    {
        OciException error = await Assert.ThrowsAsync<RegistryException>(() => FindAsync(content, "r.example.com", "app"));

        Assert.Equal("InvalidCredentialFile", error.ErrorId);
        Assert.Contains("auth.json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("U0VDUkVU", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"auths\":null}")]
    [InlineData("{\"auths\":{\"r.example.com\":null}}")]
    [InlineData("{\"auths\":{\"r.example.com\":{}}}")]
    public async Task Find_NothingInIt_GivesNothing(string content) => Assert.Null(await FindAsync(content, "r.example.com", "app"));

    [Fact]
    public async Task Finder_SeveralFiles_AsksThemInTheirOrder()
    {
        string[] folders = ["docker", "run/containers", "config/containers"];
        string[] files = ["named.json", "docker/config.json", "run/containers/auth.json", "config/containers/auth.json"];
        Array.ForEach(folders, folder => Directory.CreateDirectory(_folder[folder]));
        for (int i = 0; i < files.Length; i++)
        {
            string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"user{i}:p"));
            File.WriteAllText(_folder[files[i]], AuthFile("r.example.com", auth));
        }

        _environment.Set("REGISTRY_AUTH_FILE", _folder["named.json"]);
        _environment.Set("DOCKER_CONFIG", _folder["docker"]);
        _environment.Set("XDG_RUNTIME_DIR", _folder["run"]);
        _environment.Set("XDG_CONFIG_HOME", _folder["config"]);
        var users = new List<string?>();
        foreach (string file in files)
        {
            users.Add((await CredentialFinder.FindAsync("r.example.com", "app", CancellationToken.None))?.UserName);
            File.Delete(_folder[file]);
        }

        Assert.Equal(["user0", "user1", "user2", "user3"], users);
        Assert.Null(await CredentialFinder.FindAsync("r.example.com", "app", CancellationToken.None));
    }

    private static string AuthFile(string key, string auth) => "{\"auths\":{\"" + key + "\":{\"auth\":\"" + auth + "\"}}}";

    private Task<RegistryCredential?> FindAsync(string content, string registry, string repository)
    {
        File.WriteAllText(_folder["auth.json"], content);
        return new CredentialFile(_folder["auth.json"]).FindAsync(registry, repository, CancellationToken.None);
    }
}
