// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Registry;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Short ways to let a registry go wrong, and to look at what it got.</summary>
public abstract class FaultTestBase : RegistryTestBase
{
    /// <summary>A request and five repetitions.</summary>
    protected const int MostAttempts = 6;

    internal static readonly RegistryFault Reset = new("reset") { Resets = true };

    internal RegistryStore Store(string repository = "team/app") =>
        TestSession.Store(ImageReference.Parse($"{Host}/{repository}:1"));

    /// <summary>Lets the first requests of a kind go wrong.</summary>
    internal void FailFirst(int times, Func<RegistryRequest, bool> which, RegistryFault fault)
    {
        int left = times;
        Registry.Options.Fault = (_, request) => which(request) && Interlocked.Decrement(ref left) >= 0 ? fault : null;
    }

    internal int Count(Func<RegistryRequest, bool> which) => Registry.Requests.Count(which);

    internal int Count(string method) => Count(request => request.Method == method);

    /// <summary>The kinds of request that there are.</summary>
    internal static Func<RegistryRequest, bool> Kind(string kind) => kind switch
    {
        "manifest GET" => request => request.Method == "GET" && Has(request, "/manifests/"),
        "blob GET" => request => request.Method == "GET" && !request.IsProbe && Has(request, "/blobs/sha256"),
        "blob probe" => request => request.IsProbe,
        "tags" => request => Has(request, "/tags/list"),
        "referrers" => request => Has(request, "/referrers/"),
        "HEAD" => request => request.Method == "HEAD",
        "POST" => request => request.Method == "POST",
        "PATCH" => request => request.Method == "PATCH",
        "manifest PUT" => request => request.Method == "PUT" && Has(request, "/manifests/"),
        "blob PUT" => request => request.Method == "PUT" && Has(request, "/blobs/"),
        _ => throw new ArgumentException(kind),
    };

    private static bool Has(RegistryRequest request, string part) => request.Path.Contains(part, StringComparison.Ordinal);
}
