// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Connections;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Uploads over HTTP/2, where an answer may come while the body is still being sent.</summary>
public sealed class Http2UploadTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] s_content = Sample.Noise(20_000_000);

    private readonly TestAuthority _authority = new();
    private RegistryServer _registry = null!;
    private int _running;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync(certificate: _authority.IssueServer());
        TestSession.Current.Registries.Connect(
            new RegistryConnection(_registry.Host) { Tls = new TlsSettings { Authorities = [_authority.Certificate] } });
    }

    public async Task DisposeAsync()
    {
        TestSession.Current.Registries.Disconnect(_registry.Host);
        await _registry.DisposeAsync();
    }

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("none", nameof(UploadMode.Stream))]
    [InlineData("cut", nameof(UploadMode.Stream))]
    [InlineData("411", nameof(UploadMode.Chunks))]
    [InlineData("405", nameof(UploadMode.Whole))]
    public async Task Write_AnswerComesEarlyOrNot_IsWholeAndMadeOnceAtATime(string fault, string mode)
    {
        int left = 1;
        _registry.Options.RefusesStreams = fault == "411" ? 411 : null;
        _registry.Options.RefusesChunks = fault == "405" ? 405 : null;
        _registry.Options.Fault = (_, request) => fault == "cut" && request.Method == "PATCH" && Interlocked.Decrement(ref left) == 0
            ? new RegistryFault(fault) { CutUploadAt = 15_000_000 }
            : null;
        using var store = TestSession.Store(ImageReference.Parse($"{_registry.Host}/team/app:1"));

        WrittenBlob written = await store.WriteBlobAsync(new BlobSource(MakeAsync, null), CancellationToken.None);

        Assert.Equal(Digest.FromBytes(s_content), written.Digest);
        Assert.Equal(s_content, _registry.Content.FindBlob("team/app", written.Digest.ToString()));
        Assert.Equal(mode, TestSession.Current.Registries.GetClient(_registry.Host).Uploads.ToString());
        Assert.All(_registry.Requests, request => Assert.Equal("HTTP/2", request.Protocol));
        Assert.Equal(0, _registry.OpenUploads);
    }

    private async Task MakeAsync(Stream output, CancellationToken cancellationToken)
    {
        Assert.Equal(1, Interlocked.Increment(ref _running));
        try
        {
            foreach (byte[] piece in s_content.Chunk(100_000))
            {
                await output.WriteAsync(piece, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
