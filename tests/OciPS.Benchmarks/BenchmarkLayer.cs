// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.IO.Compression;

namespace OciPS.Benchmarks;

/// <summary>A gzip layer in a file: this machine's own /usr where there is one, as a base image has it, else generated text.</summary>
internal sealed record BenchmarkLayer(string Path, long RawLength)
{
    private const long MostBytes = 250_000_000;

    public static async Task<BenchmarkLayer> CreateAsync(string folder)
    {
        string path = System.IO.Path.Combine(folder, "layer.tar.gz");
        long length;
        await using (FileStream file = File.Create(path))
        {
            await using var gzip = new GZipStream(file, CompressionLevel.Optimal);
            length = Directory.Exists("/usr/lib/x86_64-linux-gnu") ? await WriteSystemAsync(gzip) : await WriteTextAsync(gzip);
        }

        return new BenchmarkLayer(path, length);
    }

    // A tar that is cut off in the middle will do for what does not look into it; an entry is never larger than what is left out here.
    private static async Task<long> WriteSystemAsync(Stream output)
    {
        using Process tar =
            Process.Start(
                new ProcessStartInfo("tar", [
                    "-C", "/", "-cf", "-", "usr/bin", "usr/lib/x86_64-linux-gnu", "usr/lib/python3", "usr/share/doc", "usr/share/perl",
                    "usr/include"])
                { RedirectStandardOutput = true, RedirectStandardError = true })!;
        byte[] buffer = new byte[1 << 20];
        long length = 0;
        int count;
        while (length < MostBytes && (count = await tar.StandardOutput.BaseStream.ReadAsync(buffer)) > 0)
        {
            await output.WriteAsync(buffer.AsMemory(0, count));
            length += count;
        }

        tar.Kill();
        return length;
    }

    private static async Task<long> WriteTextAsync(Stream output)
    {
        await BenchmarkImage.WriteTarAsync(output, MostBytes);
        return MostBytes;
    }
}
