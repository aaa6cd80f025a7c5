// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What a session knows of a registry, and that nobody else gets to know the secrets in it.</summary>
[Collection(Alone.Name)]
public sealed class ConnectOciRegistryTests : IAsyncLifetime, IDisposable
{
    private const string Password = "correct horse battery staple";
    private const string Login = "Connect-OciRegistry $registry -PlainHttp -Credential $credential";

    private readonly Engine _engine = new();
    private readonly TestAuthority _authority = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _engine.Layout("images").Add("app", TestImage.App());
        _engine.Run("$null = Copy-OciImage oci:images:app \"$($args[0])/team/app:1\"", _registry.Host);
        _engine.Set("registry", _registry.Host);
        _engine.Set("app", _registry.Host + "/team/app");
        SetCredential(Password);
    }

    public async Task DisposeAsync()
    {
        _engine.Run("Disconnect-OciRegistry *");
        await _registry.DisposeAsync();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void GetConnection_AfterConnectAndDisconnect_ListsWhatThereIs()
    {
        Ask(bearer: false);
        _engine.Run(Login);

        PSObject connection = Assert.Single(_engine.Run("Get-OciRegistryConnection"));
        Assert.Equal(_registry.Host, connection.Properties["Registry"].Value);
        Assert.Equal("user", connection.Properties["UserName"].Value);
        Assert.DoesNotContain(
            Password, _engine.Run("Get-OciRegistryConnection | ConvertTo-Json -Depth 5").Single().ToString(), StringComparison.Ordinal);
        Assert.Single(_engine.Run("Get-OciRegistryConnection $registry.ToUpper(); Get-OciRegistryConnection no.example.*"));
        Assert.StartsWith(
            "ConnectionNotFound,",
            _engine.Invoke("Get-OciRegistryConnection no.example.com").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

        _engine.Run("Get-OciRegistryConnection | Disconnect-OciRegistry");
        Assert.Empty(_engine.Run("Get-OciRegistryConnection"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_RightCredential_IsUsedFromNowOn(bool bearer)
    {
        Ask(bearer);

        PSObject connection = Assert.Single(_engine.Run(Login));

        Assert.Equal(_registry.Host, connection.Properties["Registry"].Value);
        Assert.Equal("user", connection.Properties["UserName"].Value);
        Assert.Equal(true, connection.Properties["PlainHttp"].Value);
        Assert.Null(connection.Properties["ExpiresOn"].Value);
        Assert.Equal(_registry.Host, connection.ToString());
        Assert.Single(_engine.Run("Get-OciManifest ${app}:1"));
        Assert.Single(_engine.Run("Copy-OciImage ${app}:1 ${registry}/other/app:1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_WrongCredential_IsAnErrorAndIsNotKept(bool bearer)
    {
        Ask(bearer);
        _engine.Run(Login);
        SetCredential("wrong");

        _engine.Invoke(Login).Error.ShouldBe("Unauthorized", ErrorCategory.AuthenticationError, _registry.Host);

        // The connection that was there before is there still.
        Assert.Single(_engine.Run("Get-OciManifest ${app}:1"));
    }

    [Fact]
    public void Connect_WrongPasswordWhereAnybodyMayAsk_IsFoundOut()
    {
        // As a repository manager does that lets in anonymous readers, but nobody with a wrong password.
        string right = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Password));
        _registry.Options.Intercept = context =>
        {
            string sent = context.Request.Headers.Authorization.ToString();
            bool refused = sent.Length > 0 && sent != right;
            context.Response.StatusCode = refused ? 401 : 200;
            return Task.FromResult(refused);
        };
        _engine.Run(Login);
        SetCredential("wrong");

        _engine.Invoke(Login).Error.ShouldBe("Unauthorized");
    }

    [Fact]
    public void Connect_Everything_TellsNoSecret()
    {
        Ask(bearer: true);
        var texts = new List<string>();
        foreach (string script in new[]
        {
            $"{Login} -Verbose -Debug 5>&1 4>&1 | ForEach-Object {{ \"$_\"; $_ }}",
            "Get-OciImageFile ${app}:1 -Verbose -Debug 5>&1 4>&1 | ForEach-Object { \"$_\" }",
            "Copy-OciImage ${app}:1 ${registry}/other/app:2 -Verbose -Debug 5>&1 4>&1 | ForEach-Object { \"$_\" }",
        })
        {
            Result result = _engine.Invoke("$DebugPreference = 'Continue'; $VerbosePreference = 'Continue'; " + script);
            texts.AddRange(result.Output.Select(Everything));
            texts.AddRange(result.AllErrors.Select(error => error.Exception.ToString()));
        }

        SetCredential("wrong one");
        texts.AddRange(_engine.Invoke(Login).AllErrors.SelectMany(
            error => new[] { error.Exception.ToString(), error.ToString(), $"{error.TargetObject}" }));
        texts.AddRange(
            _engine.Run("$Error | ForEach-Object { \"$_ $($_.Exception) $($_.InvocationInfo.Line)\" }").Select(item => item.ToString()));
        texts.AddRange(_engine.Show(Login.Replace("$credential", "$right", StringComparison.Ordinal)));

        string all = string.Join('\n', texts);
        Assert.Contains("/v2/", all, StringComparison.Ordinal);
        foreach (string secret in new[] { Password, "wrong one" }.SelectMany(password => new[] { password, Encode(password) })
            .Concat(_registry.Requests.Select(request => request.Authorization.Split(' ').Last()).Where(text => text.Length > 0)))
        {
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Debug_Alone_TellsRequestsAndDecisionsAndAsksNothing()
    {
        using PowerShell shell = _engine.CreateShell("Copy-OciImage ${app}:1 ${registry}/other/app:debug -Debug");
        shell.Invoke();

        Assert.Empty(shell.Streams.Error);
        string[] lines = shell.Streams.Debug.Select(record => record.Message).ToArray();
        Assert.Contains(
            lines, line => line.StartsWith($"GET http://{_registry.Host}/v2/team/app/manifests/1: 200 (", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("was mounted from", StringComparison.Ordinal));
        Assert.Empty(_engine.Host.Questions);
    }

    [Theory]
    [InlineData("'abc.def.ghi'", "abc.def.ghi")]
    [InlineData("$secure", "from secure string")]
    public void Connect_Token_GoesToTheRegistryAsItIs(string argument, string sent)
    {
        _registry.Options.Intercept = context =>
        {
            bool refused = context.Request.Headers.Authorization != $"Bearer {sent}";
            context.Response.StatusCode = refused ? 401 : 200;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"https://no.example.test/token\"";
            return Task.FromResult(refused);
        };
        using var secure = new System.Security.SecureString();
        "from secure string".ToList().ForEach(secure.AppendChar);
        _engine.Set("secure", secure);

        _engine.Run($"$null = Connect-OciRegistry $registry -PlainHttp -Token {argument}");

        Assert.Single(_engine.Run("Get-OciManifest ${app}:1"));
    }

    [Fact]
    public void Connect_WebToken_TellsWhenItEnds()
    {
        // The payload of RFC 7519, section 3.1, example: exp 1300819380.
        const string Token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
                + "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

        PSObject connection = Assert.Single(_engine.Run($"Connect-OciRegistry $registry -Token {Token}"));

        Assert.Equal(new DateTimeOffset(2011, 3, 22, 18, 43, 0, TimeSpan.Zero).LocalDateTime, connection.Properties["ExpiresOn"].Value);
    }

    [Fact]
    public async Task Connect_CertificateAuthority_IsAPathOfPowerShells()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync(certificate: _authority.IssueServer());
        File.WriteAllText(_engine.GetPath("ca.crt"), _authority.Pem);
        File.WriteAllBytes(_engine.GetPath("ca.der"), _authority.Certificate.RawData);
        _engine.Set("tls", registry.Host);

        _engine.Invoke("Connect-OciRegistry $tls").Error.ShouldBe("RegistryUnreachable", ErrorCategory.ConnectionError, registry.Host);
        _engine.Run("Connect-OciRegistry $tls -CertificateAuthority ./ca.crt");
        _engine.Run("Connect-OciRegistry $tls -CertificateAuthority ./ca.der");
        _engine.Run("Connect-OciRegistry $tls -SkipCertificateCheck");
        _engine.Invoke("Connect-OciRegistry $tls -CertificateAuthority ./none.crt").Error.ShouldBe(
            "InvalidCertificate", ErrorCategory.InvalidData, registry.Host);
        Assert.Single(_engine.Run("Copy-OciImage oci:images:app ${tls}/team/app:1"));
    }

    [Theory]
    [InlineData("Disconnect-OciRegistry $registry")]
    [InlineData("Disconnect-OciRegistry *")]
    [InlineData("$connection | Disconnect-OciRegistry")]
    public void Disconnect_AConnection_IsForgottenWithItsTokens(string script)
    {
        Ask(bearer: true);
        _engine.Run("$global:connection = " + Login);
        Assert.Single(_engine.Run("Get-OciManifest ${app}:1"));

        Assert.Empty(_engine.Run(script));

        _engine.Invoke("Get-OciManifest ${app}:1").Error.ShouldBe("Unauthorized");
    }

    [Fact]
    public void Connect_InAnotherRunspace_HoldsHereToo()
    {
        Ask(bearer: false);
        _engine.Run(Login);
        using var other = new Engine();

        Assert.Single(other.Run("Get-OciManifest $args[0]", _registry.Host + "/team/app:1"));
    }

    [Theory]
    [InlineData("http://registry.example.com", "-PlainHttp")]
    [InlineData("registry.example.com/team", "host")]
    [InlineData("", "host")]
    public void Connect_NoHost_IsError(string registry, string hint)
    {
        Result result = _engine.Invoke("Connect-OciRegistry -Registry $args[0]", registry);

        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith(
            registry.Length == 0 ? "ParameterArgumentValidationErrorEmptyStringNotAllowed" : "InvalidRegistry",
            error.FullyQualifiedErrorId,
            StringComparison.Ordinal);
        Assert.Contains(registry.Length == 0 ? "" : hint, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_AddressOfABrowser_IsTheHost() =>
        Assert.Equal(_registry.Host, _engine.Run("(Connect-OciRegistry https://$registry/).Registry").Single().ToString());

    [Fact]
    public void Connect_WhatIf_AsksNobodyAndKeepsNothing()
    {
        int before = _registry.Requests.Count;

        string[] lines = _engine.Show("Connect-OciRegistry $registry -PlainHttp -WhatIf");

        Assert.Contains($"What if: Performing the operation \"Connect\" on target \"{_registry.Host}\".", lines);
        Assert.Equal(before, _registry.Requests.Count);
        Assert.Empty(_engine.Run("Get-OciRegistryConnection"));
    }

    [Theory]
    [InlineData("$registry")]
    [InlineData("*")]
    public void Disconnect_WhatIf_KeepsTheConnection(string registry)
    {
        _engine.Run("$null = Connect-OciRegistry $registry -PlainHttp");

        string[] lines = _engine.Show($"Disconnect-OciRegistry {registry} -WhatIf");

        Assert.Contains($"What if: Performing the operation \"Disconnect\" on target \"{_registry.Host}\".", lines);
        Assert.Single(_engine.Run("Get-OciRegistryConnection"));
    }

    [Fact]
    public void ConnectAndDisconnect_WithTheUsualPreference_AskNothing()
    {
        _engine.Run("$ConfirmPreference = 'Medium'; $null = Connect-OciRegistry $registry -PlainHttp; Disconnect-OciRegistry *");

        Assert.Empty(_engine.Host.Questions);
        Assert.Empty(_engine.Run("Get-OciRegistryConnection"));
    }

    private static string Encode(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + password));

    private static string Everything(PSObject item) =>
        item + " " + string.Join(
            ' ', item.Properties.Where(property => property.IsGettable).Select(property => $"{property.Name}={property.Value}"));

    private void Ask(bool bearer)
    {
        _registry.Options.Basic = bearer ? null : ("user", Password);
        _registry.Options.Bearer = bearer ? ("user", Password) : null;
    }

    private void SetCredential(string password)
    {
        var secret = new System.Security.SecureString();
        password.ToList().ForEach(secret.AppendChar);
        var credential = new PSCredential("user", secret);
        _engine.Set("credential", credential);
        if (password == Password)
        {
            _engine.Set("right", credential);
        }
    }
}
