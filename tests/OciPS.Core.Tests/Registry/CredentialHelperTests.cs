// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry.Auth;
using OciPS.Registry.Connections;

namespace OciPS.Core.Tests.Registry;

/// <summary>Programs that keep credentials: scripts of the tests' own, on a PATH of their own.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class CredentialHelperTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();

    public CredentialHelperTests() =>
        _environment.Set("PATH", _folder.Path + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"));

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [PeerFact("sh")]
    public async Task Get_HelperThatKnows_GivesWhatItSays()
    {
        Install("""printf '{"ServerURL":"%s","Username":"user %s","Secret":"%s"}' x "$(cat)" "$1" """);

        RegistryCredential found = (await FindAsync("""{"credsStore":"test"}""", "r.example.com"))!;

        Assert.Equal(("user r.example.com", "get"), (found.UserName, found.Password));
    }

    [PeerFact("sh")]
    public async Task Get_DockersOwnRegistry_IsAskedForByItsAddress()
    {
        Install("""printf '{"Username":"%s","Secret":"s"}' "$(cat)" """);

        Assert.Equal("https://index.docker.io/v1/", (await FindAsync("""{"credsStore":"test"}""", "docker.io"))!.UserName);
    }

    [PeerFact("sh")]
    public async Task Get_IdentityToken_IsOne()
    {
        Install("""printf '{"Username":"<token>","Secret":"abc"}'""");

        RegistryCredential found = (await FindAsync("""{"credsStore":"test"}""", "r.example.com"))!;

        Assert.Equal(("abc", null), (found.IdentityToken, found.Password));
    }

    [PeerFact("sh")]
    public async Task Get_HelperForOneRegistry_IsNotAskedForOthers()
    {
        Install("""printf '{"Username":"u","Secret":"s"}'""");
        const string File = """{"credHelpers":{"r.example.com":"test"}}""";

        Assert.Equal("u", (await FindAsync(File, "r.example.com"))!.UserName);
        Assert.Null(await FindAsync(File, "other.example.com"));
    }

    [PeerFact("sh")]
    public async Task Get_HelperThatHasNone_MeansAnonymous()
    {
        Install("""echo "credentials not found in native keychain"; exit 1""");

        Assert.Null(await FindAsync("""{"credsStore":"test"}""", "r.example.com"));
    }

    [PeerTheory("sh")]
    [InlineData("echo SECRET; echo SECRET >&2; exit 3", "exit code 3")]
    [InlineData("echo SECRET", "not JSON")]
    [InlineData("echo '{\"Username\":\"SECRET\"}'", "not JSON")]
    public async Task Get_HelperThatFails_IsNamedAndNotRepeated(string script, string why)
    {
        Install(script);

        OciException error = await Assert.ThrowsAsync<RegistryException>(() => FindAsync("""{"credsStore":"test"}""", "r.example.com"));

        Assert.Equal("CredentialHelperFailed", error.ErrorId);
        Assert.Contains("docker-credential-test", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("../test")]
    public async Task Get_HelperThatIsNotThere_IsNamed(string name)
    {
        OciException error =
            await Assert.ThrowsAsync<RegistryException>(() => FindAsync($$"""{"credsStore":"{{name}}"}""", "r.example.com"));

        Assert.Equal("CredentialHelperFailed", error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [PeerFact("sh")]
    public async Task Get_HelperThatHangs_EndsWithTheCaller()
    {
        Install("sleep 60");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        File.WriteAllText(_folder["config.json"], """{"credsStore":"test"}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new CredentialFile(_folder["config.json"]).FindAsync("r.example.com", "app", stop.Token));
    }

    private void Install(string script)
    {
        string path = _folder.Write("docker-credential-test", System.Text.Encoding.UTF8.GetBytes("#!/bin/sh\n" + script + "\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private Task<RegistryCredential?> FindAsync(string content, string registry)
    {
        File.WriteAllText(_folder["config.json"], content);
        return new CredentialFile(_folder["config.json"]).FindAsync(registry, "app", CancellationToken.None);
    }
}
