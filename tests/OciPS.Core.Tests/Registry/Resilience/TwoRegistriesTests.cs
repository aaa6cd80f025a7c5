// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.TestRegistry;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Each fault at each request in turn of a copy and of a removal from one registry to another.</summary>
/// <remarks>A class for each row, so that they run beside each other.</remarks>
[Trait("Speed", "Slow")]
public abstract class TwoRegistriesTests(ITestOutputHelper output, string operation, bool isIndex, bool isSpooled)
{
    private static readonly byte[] s_before = [1, 2, 3];

    private int _run;
    private int _succeeded;

    [Fact]
    public async Task Run_FaultAtEachRequest_SucceedsOrLeavesTheTag()
    {
        var way = new Way(operation, isIndex, isSpooled);
        int requests = await RunAsync(way, null, 0);
        (RegistryFault Fault, int At)[] cases = FaultTable.Faults.SelectMany(
            fault => Enumerable.Range(1, requests).Select(at => (fault, at))).ToArray();
        _run = _succeeded = 0;

        await Parallel.ForEachAsync(
            cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) => await RunAsync(way, one.Fault, one.At));

        output.WriteLine(
            $"{way}: {_run} cases run ({FaultTable.Faults.Length} faults, {requests} requests): {_succeeded} succeeded, "
                + $"{_run - _succeeded} failed as documented.");
        Assert.InRange(_run, cases.Length * 3 / 4, cases.Length);
        Assert.InRange(_succeeded, _run / 4, _run);
    }

    public sealed class CopyImage(ITestOutputHelper output) : TwoRegistriesTests(output, "copy", isIndex: false, isSpooled: false);

    public sealed class CopyIndex(ITestOutputHelper output) : TwoRegistriesTests(output, "copy", isIndex: true, isSpooled: false);

    public sealed class RemoveFromImage(ITestOutputHelper output) : TwoRegistriesTests(output, "remove", isIndex: false, isSpooled: true);

    public sealed class RemoveFromIndex(ITestOutputHelper output) : TwoRegistriesTests(output, "remove", isIndex: true, isSpooled: false);

    public sealed class RemoveFromIndexSpooled(ITestOutputHelper output)
        : TwoRegistriesTests(output, "remove", isIndex: true, isSpooled: true);

    private sealed record Way(string Operation, bool IsIndex, bool IsSpooled);

    /// <summary>Counts the requests to both registries as one row, and lets one of them go wrong.</summary>
    private sealed class Row(RegistryFault? fault, int at)
    {
        private int _count;

        public int Count => _count;

        public RegistryRequest? Hit { get; private set; }

        public RegistryFault? Next(RegistryRequest request)
        {
            if (Interlocked.Increment(ref _count) != at || !FaultTable.Fits(fault!, request))
            {
                return null;
            }

            Hit = request;
            return fault;
        }
    }

    /// <summary>Runs it once, and gives how many requests that took.</summary>
    private async Task<int> RunAsync(Way way, RegistryFault? fault, int at)
    {
        await using RegistryServer source = await RegistryServer.StartAsync();
        await using RegistryServer destination = await RegistryServer.StartAsync();
        string digest = way.IsIndex ? RegistryImage.PushIndex(source, "team/app") : RegistryImage.Push(source, "team/app").Digest;
        string before = destination.Content.PutManifest("clean/app", "1", s_before, "application/json");
        destination.Options.RefusesChunks = way.IsSpooled ? 405 : null;
        var row = new Row(fault, at);
        source.Options.Fault = destination.Options.Fault = (_, request) => row.Next(request);
        string Name() => $"{way}, {fault?.Name} at {at} ({row.Hit?.Method} {row.Hit?.Path})";
        try
        {
            await WorkAsync(way, $"{source.Host}/team/app:1", $"{destination.Host}/clean/app:1").WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (OciException error) when (fault is not null)
        {
            Count(row, succeeded: false);
            destination.Options.Fault = null;
            Assert.True(FaultTable.Documented.Contains(error.ErrorId), $"{Name()}: {error.ErrorId}, {error.Message}");
            Assert.True(
                before == destination.Content.FindManifest("clean/app", "1")?.Digest,
                $"{Name()}: the tag was changed, yet: {error.Message}");
            return 0;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{Name()}: {error.Message}", error);
        }

        int requests = row.Count;
        Count(row, succeeded: true);
        source.Options.Fault = destination.Options.Fault = null;
        await CheckAsync(way, destination, digest, Name());
        return requests;
    }

    private void Count(Row row, bool succeeded)
    {
        if (row.Hit is not null)
        {
            Interlocked.Increment(ref _run);
            Interlocked.Add(ref _succeeded, succeeded ? 1 : 0);
        }
    }

    private static Task WorkAsync(Way way, string source, string destination) => way.Operation == "copy"
        ? TestImages.CopyAsync(source, destination)
        : TestImages.RemoveAsync(source, destination, "etc/secret.key");

    private static async Task CheckAsync(Way way, RegistryServer destination, string digest, string name)
    {
        Assert.True(way.Operation == "copy" == (destination.Content.FindManifest("clean/app", "1")!.Digest == digest), name);
        Assert.All(
            destination.Content.BlobsIn("clean/app"),
            blob => Assert.Equal(blob, RegistryContent.GetDigest(destination.Content.FindBlob("clean/app", blob)!)));
        string[] expected = way.Operation == "copy" ? ["etc/secret.key", "app/run"] : ["app/run"];
        foreach (string platform in way.IsIndex ? ["linux/amd64", "linux/arm64"] : (string[])["linux/amd64"])
        {
            var files = new List<string>();
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                // Reads everything, and checks the digests on the way.
                using SelectedImages picked = await TestImages.OpenAsync($"{destination.Host}/clean/app:1", platform);
                await foreach (ImageFile file in new FileLister(
                    picked.Images.Single(), TestSession.Begin()).ListAsync(CancellationToken.None))
                {
                    files.Add(file.Entry.Name);
                }
            });
            Assert.True(
                error is null && expected.SequenceEqual(files), $"{name}: {platform} has {string.Join(", ", files)}; {error?.Message}");
        }
    }
}
