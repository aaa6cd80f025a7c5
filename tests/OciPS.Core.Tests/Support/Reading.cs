// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>What came out of a stream until it ended or failed.</summary>
internal sealed record Reading(byte[] Bytes, Exception? Error)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    /// <summary>Reads to the end, synchronously or not, with a buffer of this size; a read that hangs fails the test.</summary>
    public static async Task<Reading> FromAsync(Stream stream, bool async = true, int bufferSize = 4096)
    {
        using var bytes = new MemoryStream();
        try
        {
            // On the pool, so that a decoder that never returns is noticed.
            await Task.Run(() => async ? CopyAsync(stream, bytes, bufferSize) : Copy(stream, bytes, bufferSize)).WaitAsync(s_timeout);
            return new Reading(bytes.ToArray(), null);
        }
        catch (Exception error) when (error is not TimeoutException)
        {
            return new Reading(bytes.ToArray(), error);
        }
    }

    /// <summary>Fails unless the stream ended with this error.</summary>
    public void ExpectInvalid(string errorId, string mentions = "")
    {
        var error = Assert.IsType<InvalidContentException>(Error);
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(mentions, error.Message, StringComparison.Ordinal);
    }

    private static async Task CopyAsync(Stream stream, MemoryStream bytes, int bufferSize)
    {
        byte[] buffer = new byte[bufferSize];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            await bytes.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static Task Copy(Stream stream, MemoryStream bytes, int bufferSize)
    {
        byte[] buffer = new byte[bufferSize];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            bytes.Write(buffer.AsSpan(0, count));
        }

        return Task.CompletedTask;
    }
}
