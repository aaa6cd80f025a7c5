// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed partial class VerifyingStreamTests
{
    private static readonly byte[] s_blob = Sample.Noise(10_000);

    /// <summary>Sync or not, the size of the reader's buffer, and whether the source gives single bytes.</summary>
    public static TheoryData<bool, int, bool> Ways => new()
    {
        { false, 1, false },
        { false, 999, false },
        { false, 10_000, false },
        { false, 20_000, false },
        { false, 4096, true },
        { true, 1, false },
        { true, 999, false },
        { true, 10_000, false },
        { true, 20_000, false },
        { true, 4096, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Read_RightBlob_GivesAllOfIt(bool async, int bufferSize, bool byteByByte)
    {
        using VerifyingStream stream = Open(s_blob, GetDescriptor(s_blob), byteByByte);

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        Assert.Null(reading.Error);
        Assert.Equal(s_blob, reading.Bytes);
        Assert.Equal(s_blob.Length, stream.Length);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Read_WrongDigest_NeverGivesTheLastBytes(bool async, int bufferSize, bool byteByByte)
    {
        for (int position = 0; position < s_blob.Length; position += 3333)
        {
            byte[] wrong = Sample.Flip(s_blob, position * 8);
            using VerifyingStream stream = Open(wrong, GetDescriptor(s_blob), byteByByte);

            Reading reading = await Reading.FromAsync(stream, async, bufferSize);

            reading.ExpectInvalid("DigestMismatch", Digest.FromBytes(s_blob).ToString());
            reading.ExpectInvalid("DigestMismatch", Digest.FromBytes(wrong).ToString());
            Assert.True(reading.Bytes.Length < s_blob.Length);
            Assert.Equal(byteByByte ? s_blob.Length - 1 : (s_blob.Length - 1) / bufferSize * bufferSize, reading.Bytes.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Read_ShortBlob_ThrowsWhereItEnds(bool async, int bufferSize, bool byteByByte)
    {
        byte[] cut = s_blob[..^1];
        using VerifyingStream stream = Open(cut, GetDescriptor(s_blob), byteByByte);

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        reading.ExpectInvalid("SizeMismatch", "ends after 9999 of 10000 bytes");
        reading.ExpectInvalid("SizeMismatch", "The blob ");
        Assert.Equal(cut, reading.Bytes);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Read_LongBlob_NeverGivesMoreThanTheSize(bool async, int bufferSize, bool byteByByte)
    {
        byte[] longer = [.. s_blob, 7];
        using VerifyingStream stream = Open(longer, GetDescriptor(s_blob), byteByByte);

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        reading.ExpectInvalid("SizeMismatch", "more than the 10000 bytes");
        Assert.True(reading.Bytes.Length <= s_blob.Length);
        Assert.Equal(s_blob[..reading.Bytes.Length], reading.Bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_AgainAfterAnError_ThrowsAgain(bool async)
    {
        using VerifyingStream wrong = Open(Sample.Flip(s_blob, 5), GetDescriptor(s_blob), byteByByte: false);
        using VerifyingStream cut = Open(s_blob[..5000], GetDescriptor(s_blob), byteByByte: false);

        for (int i = 0; i < 3; i++)
        {
            (await Reading.FromAsync(wrong, async)).ExpectInvalid("DigestMismatch");
            (await Reading.FromAsync(cut, async)).ExpectInvalid("SizeMismatch");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_DigestOfNothingForSomething_StaysWrong(bool async)
    {
        using VerifyingStream stream = Open(s_blob, new Descriptor("x", Digest.FromBytes([]), s_blob.Length), byteByByte: false);

        (await Reading.FromAsync(stream, async)).ExpectInvalid("DigestMismatch");
        (await Reading.FromAsync(stream, async)).ExpectInvalid("DigestMismatch");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_EmptyBlob_IsCheckedAsWell(bool async)
    {
        using VerifyingStream right = Open([], GetDescriptor([]), byteByByte: false);
        using VerifyingStream wrong = Open([], new Descriptor("x", Digest.FromBytes("x"u8), 0), byteByByte: false);
        using VerifyingStream missing = Open([], GetDescriptor(s_blob), byteByByte: false);

        Reading reading = await Reading.FromAsync(right, async);
        Assert.Null(reading.Error);
        Assert.Empty(reading.Bytes);
        (await Reading.FromAsync(wrong, async)).ExpectInvalid("DigestMismatch");
        (await Reading.FromAsync(missing, async)).ExpectInvalid("SizeMismatch", "ends after 0 of 10000 bytes");
    }

    [Fact]
    public async Task Read_NothingAskedFor_IsNotTheEnd()
    {
        using VerifyingStream stream = Open(s_blob, GetDescriptor(s_blob), byteByByte: false);

        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));

        Assert.Equal(s_blob, (await Reading.FromAsync(stream)).Bytes);
        Assert.Equal(0, stream.Read(new byte[10]));
    }

    [Fact]
    public async Task Read_Sha512_IsChecked()
    {
        var like = Digest.Parse("sha512:" + new string('0', 128));
        var expected = new Descriptor("x", like.Kind.Compute(s_blob), s_blob.Length);
        using VerifyingStream right = Open(s_blob, expected, byteByByte: false);
        using VerifyingStream wrong = Open(Sample.Flip(s_blob, 79_999), expected, byteByByte: false);

        Assert.Equal(s_blob, (await Reading.FromAsync(right)).Bytes);
        (await Reading.FromAsync(wrong)).ExpectInvalid("DigestMismatch", "sha512:");
    }

    [Fact]
    public async Task DrainAsync_HalfRead_ChecksTheRest()
    {
        using VerifyingStream right = Open(s_blob, GetDescriptor(s_blob), byteByByte: false);
        using VerifyingStream wrong = Open(Sample.Flip(s_blob, 79_999), GetDescriptor(s_blob), byteByByte: false);
        right.ReadExactly(new byte[5000]);
        wrong.ReadExactly(new byte[5000]);

        await right.DrainAsync(CancellationToken.None);

        Assert.Equal(
            "DigestMismatch",
            (await Assert.ThrowsAsync<InvalidContentException>(() => wrong.DrainAsync(CancellationToken.None))).ErrorId);
    }

    [Fact]
    public void Dispose_TheStream_DisposesTheBlob()
    {
        var blob = new MemoryStream(s_blob);

        Open(blob, GetDescriptor(s_blob)).Dispose();

        Assert.False(blob.CanRead);
    }

    private static Descriptor GetDescriptor(byte[] blob) => new("application/octet-stream", Digest.FromBytes(blob), blob.Length);

    private static VerifyingStream Open(byte[] blob, Descriptor expected, bool byteByByte) =>
        Open(byteByByte ? new OneByteStream(blob) : new MemoryStream(blob), expected);

    private static VerifyingStream Open(Stream blob, Descriptor expected) => new(blob, expected, "The blob");
}
