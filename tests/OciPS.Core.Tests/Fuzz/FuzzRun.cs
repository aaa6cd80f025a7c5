// SPDX-License-Identifier: MIT

using System.Diagnostics;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Has a reader read mutations of the corpus: each has to end in a result or a named error, in bounded time and memory.</summary>
internal sealed class FuzzRun(string kind, int seed, ITestOutputHelper output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    // For a longer search than each build has time for.
    private static readonly int s_times = int.TryParse(Environment.GetEnvironmentVariable("OCIPS_FUZZ_TIMES"), out int times) ? times : 1;

    /// <summary>How much one input may make a reader allocate.</summary>
    public long MaximumAllocation { get; init; } = 32 * 1024 * 1024;

    /// <param name="count">How many inputs.</param>
    /// <param name="mutate">Changes one file, with parts of another.</param>
    /// <param name="read">Reads; nothing in it may wait, so that it is all done on this thread.</param>
    public void Run(int count, Func<Random, byte[], byte[], byte[]> mutate, Action<byte[]> read)
    {
        IReadOnlyList<(string Name, byte[] Bytes)> corpus = Corpus.For(kind);
        foreach ((string name, byte[] bytes) in corpus)
        {
            Assert.True(Try(read, bytes, name), $"{name} as it is could not be read");
        }

        count *= s_times;
        int errors = 0;
        long mostAllocated = 0;
        TimeSpan longest = default;
        long begin = Stopwatch.GetTimestamp();
        for (int number = 0; number < count; number++)
        {
            var random = new Random(seed + number);
            (string name, byte[] bytes) = corpus[number % corpus.Count];
            byte[] input = mutate(random, bytes, corpus[random.Next(corpus.Count)].Bytes);
            string which = $"{kind} {name}, seed {seed + number}";
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan time = Measure(() => errors += Try(read, input, which) ? 0 : 1);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated <= MaximumAllocation, $"{which}: {allocated} bytes were allocated");
            // A machine that is busy may rest once, but not twice at the same input.
            Assert.True(time < s_longest || Measure(() => Try(read, input, which)) < s_longest, $"{which}: took {time}");
            mostAllocated = Math.Max(mostAllocated, allocated);
            longest = time > longest ? time : longest;
        }

        output.WriteLine(
            $"{kind}: {count} inputs of {corpus.Count} files, {count - errors} read, {errors} refused, in "
                + $"{Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s; at most {longest.TotalMilliseconds:0} ms and "
                + $"{mostAllocated / 1024} KiB each");
        Assert.InRange(errors, 1, count - 1);
    }

    private static TimeSpan Measure(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Whether it ended in a result; false for a named error.</summary>
    private static bool Try(Action<byte[]> read, byte[] input, string which)
    {
        try
        {
            read(input);
            return true;
        }
        catch (OciException error)
        {
            Assert.NotEmpty(error.ErrorId);
            return false;
        }
        catch (Exception error)
        {
            string place = Path.Combine(Path.GetTempPath(), $"ocips-fuzz-{Guid.NewGuid():N}");
            File.WriteAllBytes(place, input);
            throw new InvalidOperationException($"{which}: {error.GetType().Name}: {error.Message} The input is kept in '{place}'.", error);
        }
    }
}
