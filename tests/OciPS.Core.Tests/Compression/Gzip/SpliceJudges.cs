// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>
/// Others who decompress what was spliced: .NET at once; <c>gzip -t</c> and Python's gzip in a process each, for all cases.
/// </summary>
internal sealed class SpliceJudges : IDisposable
{
    private const string Script = """
        import sys, struct, gzip, hashlib
        count = 0
        while head := sys.stdin.buffer.read(36):
            if hashlib.sha256(gzip.decompress(sys.stdin.buffer.read(struct.unpack('<I', head[:4])[0]))).digest() != head[4:]:
                sys.exit(f'case {count} is wrong')
            count += 1
        print(count)
        """;

    private readonly Process _gzip = Start("gzip", "-t");
    private readonly Process _python = Start("python3", "-c", Script);
    private readonly object _lock = new();
    private int _count;

    /// <summary>Hands a case over to .NET, and then to the others.</summary>
    /// <returns>Whether .NET finds what is expected.</returns>
    public bool Check(byte[] gzip, ReadOnlySpan<byte> expected)
    {
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        byte[] actual = new byte[expected.Length + 1];
        if (stream.ReadAtLeast(actual, actual.Length, throwOnEndOfStream: false) != expected.Length
            || !expected.SequenceEqual(actual.AsSpan(0, expected.Length)))
        {
            return false;
        }

        byte[] head = new byte[36];
        BinaryPrimitives.WriteInt32LittleEndian(head, gzip.Length);
        SHA256.HashData(expected, head.AsSpan(4));
        lock (_lock)
        {
            _count++;
            _gzip.StandardInput.BaseStream.Write(gzip);
            _python.StandardInput.BaseStream.Write(head);
            _python.StandardInput.BaseStream.Write(gzip);
        }

        return true;
    }

    /// <summary>Fails unless all of them found all cases right.</summary>
    public int Finish()
    {
        Close(_gzip);
        Assert.Equal(_count.ToString(System.Globalization.CultureInfo.InvariantCulture), Close(_python).Trim());
        return _count;
    }

    public void Dispose()
    {
        _gzip.Dispose();
        _python.Dispose();
    }

    private static string Close(Process judge)
    {
        judge.StandardInput.Close();
        Task<string> errors = judge.StandardError.ReadToEndAsync();
        string output = judge.StandardOutput.ReadToEnd();
        judge.WaitForExit();
        Assert.True(judge.ExitCode == 0, $"{judge.StartInfo.FileName}: {errors.Result}");
        return output;
    }

    private static Process Start(string name, params string[] arguments) => Process.Start(
        new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
