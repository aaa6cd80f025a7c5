// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed partial class VerifyingStreamTests
{
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Read_SizeIsNotKnown_GivesAllAndCountsIt(bool async, int bufferSize, bool byteByByte)
    {
        using VerifyingStream stream = Open(s_blob, WithUnknownSize(s_blob), byteByByte);
        Assert.Equal(0, stream.BytesRead);

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        Assert.Null(reading.Error);
        Assert.Equal(s_blob, reading.Bytes);
        Assert.Equal(s_blob.Length, stream.BytesRead);
        Assert.Equal(0, stream.Read(new byte[10]));
        Assert.Throws<NotSupportedException>(() => stream.Length);
    }

    [Fact]
    public async Task Read_SizeIsNotKnownAndContentHasNoEnd_IsEnded()
    {
        using var stream = new VerifyingStream(
            new EndlessZeros(), WithUnknownSize(s_blob), "The layer", maximumUnknownSize: 50_000_000);

        InvalidContentException error = await Assert.ThrowsAsync<InvalidContentException>(
            () => stream.DrainAsync(CancellationToken.None));

        Assert.Equal("SizeMismatch", error.ErrorId);
    }

    private sealed class EndlessZeros : ForwardStream
    {
        public override int Read(Span<byte> buffer) => buffer.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_SizeIsNotKnownAndContentIsWrong_ThrowsAtTheEnd(bool async)
    {
        foreach (byte[] wrong in new[] { Sample.Flip(s_blob, 5), s_blob[..^1], [.. s_blob, 7], [] })
        {
            using VerifyingStream stream = Open(wrong, WithUnknownSize(s_blob), byteByByte: false);

            for (int i = 0; i < 2; i++)
            {
                Reading reading = await Reading.FromAsync(stream, async, 999);
                reading.ExpectInvalid("DigestMismatch", Digest.FromBytes(s_blob).ToString());
                reading.ExpectInvalid("DigestMismatch", Digest.FromBytes(wrong).ToString());
            }
        }
    }

    [Fact]
    public async Task Read_SizeIsNotKnownAndBlobIsEmpty_IsCheckedAsWell()
    {
        using VerifyingStream right = Open([], WithUnknownSize([]), byteByByte: false);
        using VerifyingStream wrong = Open([], WithUnknownSize(s_blob), byteByByte: false);

        Assert.Null((await Reading.FromAsync(right)).Error);
        (await Reading.FromAsync(wrong)).ExpectInvalid("DigestMismatch");
    }

    [Fact]
    public async Task Read_SizeIsNotKnownAndNothingIsAskedFor_IsNotTheEnd()
    {
        using VerifyingStream stream = Open(s_blob, WithUnknownSize(s_blob), byteByByte: false);

        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));

        Assert.Equal(s_blob, (await Reading.FromAsync(stream)).Bytes);
    }

    [Fact]
    public async Task Read_SizeIsNotKnownAndBlobGoesOnAfterItsEnd_Throws()
    {
        var blob = new MemoryStream();
        blob.Write(s_blob);
        blob.Position = 0;
        using VerifyingStream stream = Open(blob, WithUnknownSize(s_blob));
        Assert.Null((await Reading.FromAsync(stream)).Error);

        blob.WriteByte(7);
        blob.Position--;

        (await Reading.FromAsync(stream)).ExpectInvalid("SizeMismatch", "went on after its end at 10000 bytes");
    }

    [Fact]
    public async Task DrainAsync_SizeIsNotKnown_ChecksTheRest()
    {
        using VerifyingStream wrong = Open(Sample.Flip(s_blob, 79_999), WithUnknownSize(s_blob), byteByByte: false);
        wrong.ReadExactly(new byte[s_blob.Length]);

        Assert.Equal(
            "DigestMismatch",
            (await Assert.ThrowsAsync<InvalidContentException>(() => wrong.DrainAsync(CancellationToken.None))).ErrorId);
    }

    private static Descriptor WithUnknownSize(byte[] blob) =>
        Descriptor.WithUnknownSize("application/octet-stream", Digest.FromBytes(blob));
}
