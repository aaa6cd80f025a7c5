// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.TestRegistry;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Each fault at each request of a copy and of a removal in turn.</summary>
/// <remarks>Two classes, so that they run beside each other.</remarks>
[Trait("Speed", "Slow")]
public abstract class EveryRequestTests(ITestOutputHelper output, string operation)
{
    private static readonly byte[] s_before = [1, 2, 3];

    private bool _bearer;
    private int _run;
    private int _succeeded;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(null, true)]
    public async Task Run_FaultAtEachRequest_SucceedsOrLeavesTheTag(bool? mounted, bool bearer)
    {
        bool mounts = mounted ?? operation == "copy";
        _bearer = bearer;
        RegistryFault[] faults = bearer ? FaultTable.TokenFaults : FaultTable.Faults;
        int requests = await RunAsync(mounts, null, 0);
        (RegistryFault Fault, int At)[] cases = faults.SelectMany(fault => Enumerable.Range(1, requests).Select(at => (fault, at)))
            .ToArray();
        _run = _succeeded = 0;

        await Parallel.ForEachAsync(
            cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) => await RunAsync(mounts, one.Fault, one.At));

        output.WriteLine(
            $"{operation}, {(mounts ? "with" : "without")} mounts, {(bearer ? "with" : "without")} tokens: {_run} cases run "
                + $"({faults.Length} faults, {requests} requests): {_succeeded} succeeded, {_run - _succeeded} failed as documented.");
        Assert.InRange(_run, cases.Length * 3 / 4, cases.Length);
        Assert.InRange(_succeeded, _run / 4, _run);
    }

    public sealed class Copy(ITestOutputHelper output) : EveryRequestTests(output, "copy");

    public sealed class Remove(ITestOutputHelper output) : EveryRequestTests(output, "remove");

    /// <summary>Runs it once, and gives how many requests that took.</summary>
    private async Task<int> RunAsync(bool mounts, RegistryFault? fault, int at)
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        RegistryImage image = RegistryImage.Push(registry, "team/app");
        string before = registry.Content.PutManifest("clean/app", "1", s_before, "application/json");
        if (_bearer)
        {
            registry.Options.Bearer = ("", "");
            TestSession.Current.Registries.Connect(new RegistryConnection(registry.Host) { PlainHttp = true });
        }

        registry.Options.Fault = (number, request) => number == at && FaultTable.Fits(fault!, request) ? fault
            : !mounts && request.Path.Contains("mount=", StringComparison.Ordinal) ? RegistryFault.FromStatus(405) : null;
        string name = $"{operation}, {(mounts ? "mounts" : "no mounts")}, {fault?.Name} at {at}";
        try
        {
            await WorkAsync(operation, registry.Host).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (OciException error) when (fault is not null)
        {
            Count(registry, fault, at, succeeded: false);
            await CheckFailureAsync(registry, error, before, $"{name} ({Seen(registry, at)})");
            return 0;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{name} ({Seen(registry, at)}): {error.Message}", error);
        }

        Count(registry, fault, at, succeeded: true);
        int requests = registry.Requests.Count;
        await CheckSuccessAsync(operation, registry, image, $"{name} ({Seen(registry, at)})");
        return requests;
    }

    private void Count(RegistryServer registry, RegistryFault? fault, int at, bool succeeded)
    {
        if (fault is not null && registry.Requests.ElementAtOrDefault(at - 1) is { } request && FaultTable.Fits(fault, request))
        {
            Interlocked.Increment(ref _run);
            Interlocked.Add(ref _succeeded, succeeded ? 1 : 0);
        }
    }

    private static Task WorkAsync(string operation, string host) => operation == "copy"
        ? TestImages.CopyAsync($"{host}/team/app:1", $"{host}/clean/app:1")
        : TestImages.RemoveAsync($"{host}/team/app:1", $"{host}/clean/app:1", "etc/secret.key");

    private static string Seen(RegistryServer registry, int at) =>
        at > 0 && registry.Requests.ElementAtOrDefault(at - 1) is { } request ? $"{request.Method} {request.Path}" : "none";

    private static async Task CheckSuccessAsync(string operation, RegistryServer registry, RegistryImage image, string name)
    {
        registry.Options.Fault = null;
        RegistryContent.StoredManifest manifest = registry.Content.FindManifest("clean/app", "1")!;
        Assert.True(operation == "copy" == (manifest.Digest == image.Digest), name);
        Assert.All(
            registry.Content.BlobsIn("clean/app"),
            digest => Assert.Equal(digest, RegistryContent.GetDigest(registry.Content.FindBlob("clean/app", digest)!)));
        // Reads everything, and checks the digests on the way.
        string[] expected = operation == "copy" ? ["etc/secret.key", "app/run"] : ["app/run"];
        List<string>? files = null;
        Exception? error = await Record.ExceptionAsync(
            async () => files = await RegistryTestBase.ListAsync($"{registry.Host}/clean/app:1"));
        Assert.True(error is null && expected.SequenceEqual(files!), $"{name}: {error?.Message}");
    }

    private static async Task CheckFailureAsync(RegistryServer registry, OciException error, string before, string name)
    {
        registry.Options.Fault = null;
        // A request whose fault is that its answer is lost may be on its way still.
        await Task.Yield();
        Assert.True(FaultTable.Documented.Contains(error.ErrorId), $"{name}: {error.ErrorId}, {error.Message}");
        Assert.True(
            before == registry.Content.FindManifest("clean/app", "1")!.Digest, $"{name}: the tag was changed, yet: {error.Message}");
    }
}
