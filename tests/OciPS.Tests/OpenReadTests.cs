// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Scripts read files of an image in a registry that breaks off in the middle.</summary>
public sealed class OpenReadTests : IAsyncLifetime, IDisposable
{
    private static readonly string s_content = Convert.ToHexString(RandomNumberGenerator.GetBytes(400_000));

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image("linux/amd64", [images.Layer(("etc/large", s_content))]));
        _registry = await RegistryServer.StartAsync();
        _registry.Load("team/app", images);
        _engine.Set("registry", _registry.Host);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("$_.ReadAllText()")]
    [InlineData("[Text.Encoding]::UTF8.GetString($_.ReadAllBytes())")]
    [InlineData("[IO.StreamReader]::new($_.OpenRead(), [Text.Encoding]::UTF8, $false, 300000).ReadToEnd()")]
    public void OpenRead_BreaksOffWhileLive_GoesOn(string read)
    {
        BreakOnce();

        Assert.Equal(
            s_content, Assert.Single(_engine.Run($"Get-OciImageFile \"$registry/team/app:1\" | ForEach-Object {{ {read} }}")).BaseObject);

        Assert.Equal(2, Downloads());
    }

    [Fact]
    public void OpenRead_BreaksOffWhenReadAgain_GoesOn()
    {
        _engine.Run("$file = Get-OciImageFile \"$registry/team/app:1\"");
        BreakOnce();

        Assert.Equal(s_content, Assert.Single(_engine.Run("$file.ReadAllText()")).BaseObject);

        Assert.Equal(3, Downloads());
    }

    [Fact]
    public void OpenRead_ByteByByte_IsTheContent()
    {
        IEnumerable<object> bytes =
            _engine.Run(
                "$stream = (Get-OciImageFile \"$registry/team/app:1\").OpenRead(); 1..5 | ForEach-Object { $stream.ReadByte() }; "
                    + "$stream.Length; $stream.Dispose()")
            .Select(item => item.BaseObject);

        Assert.Equal([.. Encoding.UTF8.GetBytes(s_content[..5]).Select(one => (object)(int)one), (long)s_content.Length], bytes);
    }

    private void BreakOnce()
    {
        int left = 1;
        _registry.Options.Fault = (_, request) => IsLayer(request) && Interlocked.Decrement(ref left) >= 0
            ? new RegistryFault("cut") { CutAt = 200_000 }
            : null;
    }

    private int Downloads() => _registry.Requests.Count(IsLayer);

    private bool IsLayer(RegistryRequest request) => request.Method == "GET"
        && _registry.Content.FindBlob("team/app", request.Path[(request.Path.LastIndexOf('/') + 1)..]) is { Length: > 100_000 };
}
