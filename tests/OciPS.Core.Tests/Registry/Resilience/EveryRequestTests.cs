// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.TestRegistry;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Each fault at each request of a copy and of a removal in turn.</summary>
public sealed class EveryRequestTests(ITestOutputHelper output)
{
    private static readonly byte[] s_before = [1, 2, 3];

    private static readonly RegistryFault[] s_faults =
    [
        .. new[] { 400, 401, 403, 404, 405, 408, 416, 429, 500, 501, 502, 503, 504 }.Select(RegistryFault.OfStatus),
        new("500 with a reason") { Status = 500, Body = """{"errors":[{"code":"UNKNOWN","message":"no disk"}]}""" },
        new("404 of an upload") { Status = 404, Body = """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"gone"}]}""" },
        new("200 without anything") { Status = 200 },
        new("202 without Location") { Status = 202 },
        new("503 with Retry-After") { Status = 503, RetryAfter = "0" },
        new("429 for an hour") { Status = 429, RetryAfter = "3600" },
        new("redirect to itself") { Status = 307, Location = "?again=1" },
        new("redirect to nowhere") { Status = 302, Location = "http://127.0.0.1:9/" },
        new("reset") { Resets = true },
        new("lost answer") { LosesAnswer = true, CutAt = 0 },
        new("cut at 0") { CutAt = 0 },
        new("cut at 100") { CutAt = 100 },
        new("upload cut at 0") { CutUploadAt = 0 },
        new("upload cut at 50") { CutUploadAt = 50 },
        new("wrong bytes") { WrongBytes = true },
        new("lost uploads") { LosesUploads = true },
        new("delay") { Delay = TimeSpan.FromMilliseconds(20) },
        new("slow body") { Pause = TimeSpan.FromMilliseconds(5) },
    ];

    private static readonly RegistryFault[] s_tokenFaults =
    [
        new("tokens ended") { EndsTokens = true },
        new("200 without anything") { Status = 200 },
        new("tokens ended and 503") { EndsTokens = true, Status = 503 },
        new("tokens ended and reset") { EndsTokens = true, Resets = true },
        new("tokens ended and upload cut") { EndsTokens = true, CutUploadAt = 50 },
        RegistryFault.OfStatus(401),
        RegistryFault.OfStatus(403),
        RegistryFault.OfStatus(503),
    ];

    // What the documentation of the cmdlets names for registries.
    private static readonly string[] s_documented =
    [
        "RegistryError", "RegistryUnreachable", "TooManyRequests", "Unauthorized", "AccessDenied", "ManifestNotFound", "BlobNotFound",
        "DigestMismatch", "SizeMismatch", "InvalidManifest", "UnsupportedMediaType",
    ];

    private bool _bearer;
    private int _run;
    private int _succeeded;

    [Theory]
    [InlineData("copy", true, false)]
    [InlineData("copy", false, false)]
    [InlineData("remove", true, false)]
    [InlineData("remove", false, false)]
    [InlineData("copy", true, true)]
    [InlineData("remove", false, true)]
    public async Task Run_FaultAtEachRequest_SucceedsOrLeavesTheTag(string operation, bool mounts, bool bearer)
    {
        _bearer = bearer;
        RegistryFault[] faults = bearer ? s_tokenFaults : s_faults;
        int requests = await RunAsync(operation, mounts, null, 0);
        (RegistryFault Fault, int At)[] cases = faults.SelectMany(fault => Enumerable.Range(1, requests).Select(at => (fault, at))).ToArray();
        _run = _succeeded = 0;

        await Parallel.ForEachAsync(
            cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) => await RunAsync(operation, mounts, one.Fault, one.At));

        output.WriteLine($"{operation}, {(mounts ? "with" : "without")} mounts, {(bearer ? "with" : "without")} tokens: {_run} cases run ({faults.Length} faults, {requests} requests): {_succeeded} succeeded, {_run - _succeeded} failed as documented.");
        Assert.InRange(_run, cases.Length * 3 / 4, cases.Length);
        Assert.InRange(_succeeded, _run / 4, _run);
    }

    /// <summary>Runs it once, and gives how many requests that took.</summary>
    private async Task<int> RunAsync(string operation, bool mounts, RegistryFault? fault, int at)
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        RegistryImage image = RegistryImage.Push(registry, "team/app");
        string before = registry.Content.PutManifest("clean/app", "1", s_before, "application/json");
        if (_bearer)
        {
            registry.Options.Bearer = ("", "");
            RegistryConnections.Add(new RegistryConnection(registry.Host) { PlainHttp = true });
        }

        registry.Options.Fault = (number, request) => number == at && Fits(fault!, request) ? fault
            : !mounts && request.Path.Contains("mount=", StringComparison.Ordinal) ? RegistryFault.OfStatus(405) : null;
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

    // A registry that says of what it has not done that it has is beyond help.
    private static bool Fits(RegistryFault fault, RegistryRequest request) => fault.Status switch
    {
        200 => request.Method == "GET",
        202 => request.Method is "POST" or "PATCH",
        _ => true,
    };

    private void Count(RegistryServer registry, RegistryFault? fault, int at, bool succeeded)
    {
        if (fault is not null && registry.Requests.ElementAtOrDefault(at - 1) is { } request && Fits(fault, request))
        {
            Interlocked.Increment(ref _run);
            Interlocked.Add(ref _succeeded, succeeded ? 1 : 0);
        }
    }

    private static Task WorkAsync(string operation, string host) => operation == "copy"
        ? Images.CopyAsync($"{host}/team/app:1", $"{host}/clean/app:1")
        : Images.RemoveAsync($"{host}/team/app:1", $"{host}/clean/app:1", "etc/secret.key");

    private static string Seen(RegistryServer registry, int at) =>
        at > 0 && registry.Requests.ElementAtOrDefault(at - 1) is { } request ? $"{request.Method} {request.Path}" : "none";

    private static async Task CheckSuccessAsync(string operation, RegistryServer registry, RegistryImage image, string name)
    {
        registry.Options.Fault = null;
        RegistryContent.StoredManifest manifest = registry.Content.FindManifest("clean/app", "1")!;
        Assert.True(operation == "copy" == (manifest.Digest == image.Digest), name);
        Assert.All(registry.Content.BlobsIn("clean/app"), digest => Assert.Equal(digest, RegistryContent.DigestOf(registry.Content.FindBlob("clean/app", digest)!)));
        // Reads everything, and checks the digests on the way.
        string[] expected = operation == "copy" ? ["etc/secret.key", "app/run"] : ["app/run"];
        List<string>? files = null;
        Exception? error = await Record.ExceptionAsync(async () => files = await RegistryTestBase.ListAsync($"{registry.Host}/clean/app:1"));
        Assert.True(error is null && expected.SequenceEqual(files!), $"{name}: {error?.Message}");
    }

    private static async Task CheckFailureAsync(RegistryServer registry, OciException error, string before, string name)
    {
        registry.Options.Fault = null;
        // A request whose fault is that its answer is lost may be on its way still.
        await Task.Yield();
        Assert.True(s_documented.Contains(error.ErrorId), $"{name}: {error.ErrorId}, {error.Message}");
        Assert.True(before == registry.Content.FindManifest("clean/app", "1")!.Digest, $"{name}: the tag was changed, yet: {error.Message}");
    }
}
