// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Removal;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Each fault that passes, at each kind of request.</summary>
[Trait("Speed", "Slow")]
public sealed class TransientFaultTests : FaultTestBase
{
    // What distribution's registry says whenever its storage fails it: the same for what passes and what stays.
    private static readonly RegistryFault s_stumble = new("500 with a reason")
    {
        Status = 500,
        Body = """{"errors":[{"code":"UNKNOWN","message":"the disk is full"}]}""",
    };

    private static readonly string[] s_removal = [
        "manifest GET", "blob GET", "blob probe", "HEAD", "POST", "PATCH", "blob PUT", "manifest PUT"];
    private static readonly string[] s_faults = ["408", "429", "500", "502", "503", "504", "reset", "lost answer", "cut"];

    public static TheoryData<string, string> RemovalFaults()
    {
        var data = new TheoryData<string, string>();
        foreach (string kind in s_removal)
        {
            foreach (string fault in s_faults.Where(fault => fault != "cut" || kind.EndsWith("GET", StringComparison.Ordinal)))
            {
                data.Add(kind, fault);
            }
        }

        return data;
    }

    /// <summary>
    /// Without those that a transfer gets past: it asks what has come in, needs no body or asks in another way, comes on a little each
    /// time, or sends what is seen to be there all the same.
    /// </summary>
    public static TheoryData<string, string> LastingFaults()
    {
        var data = new TheoryData<string, string>();
        foreach (object[] row in RemovalFaults())
        {
            if ((row[0], row[1]) is not (("PATCH", "lost answer") or ("HEAD", _) or ("blob GET", "cut") or ("blob probe", "lost answer")
                or ("manifest PUT", "lost answer")))
            {
                data.Add((string)row[0], (string)row[1]);
            }
        }

        return data;
    }

    public static TheoryData<string, string> ListFaults()
    {
        var data = new TheoryData<string, string>();
        foreach (string fault in s_faults)
        {
            data.Add("tags", fault);
            data.Add("referrers", fault);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RemovalFaults))]
    public async Task Remove_FaultOnce_IsRiddenOut(string kind, string fault)
    {
        RegistryImage.Push(Registry, "team/app");
        FailFirst(1, Kind(kind), Fault(fault));

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Registry.Options.Fault = null;
        Assert.Equal(result.Published.Manifest.Digest.ToString(), Registry.Content.FindManifest("clean/app", "1")!.Digest);
        Assert.Equal(["app/run"], await ListAsync($"{Host}/clean/app:1"));
    }

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task Remove_FaultForEver_EndsWithTheTagAsBefore(string kind, string fault)
    {
        RegistryImage.Push(Registry, "team/app");
        string before = Registry.Content.PutManifest("clean/app", "1", [1, 2, 3], "application/json");
        Func<RegistryRequest, bool> which = Kind(kind);
        Registry.Options.Fault = (_, request) => which(request) ? Fault(fault) : null;

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"));

        string expected = fault == "429" ? "TooManyRequests" : int.TryParse(fault, out _) ? "RegistryError" : "RegistryUnreachable";
        // An upload whose end was taken without a word is unknown to the registry afterwards.
        Assert.Contains(
            error.ErrorId, fault == "lost answer" && kind == "blob PUT" ? ["RegistryUnreachable", "RegistryError"] : (string[])[expected]);
        Assert.Equal(before, Registry.Content.FindManifest("clean/app", "1")!.Digest);

        foreach (IGrouping<string, RegistryRequest> same in Registry.Requests.Where(which)
            .GroupBy(request => request.Method + request.Path.Split('?')[0].Split("uploads/")[0]))
        {
            // As many transfers as there may be of this kind, each with its bound.
            Assert.InRange(same.Count(), 1, 3 * MostAttempts);
        }
    }

    [Theory]
    [MemberData(nameof(ListFaults))]
    public async Task List_FaultOnce_IsRiddenOut(string kind, string fault)
    {
        Registry.Options.HasReferrersApi = true;
        RegistryImage.Push(Registry, "team/app");
        FailFirst(1, Kind(kind), Fault(fault));

        await ReadListAsync(kind);

        Assert.Equal(2, Count(Kind(kind)));
    }

    [Fact]
    public async Task Remove_ManifestIsStoredAndItsAnswersAreLost_IsSeenThere()
    {
        RegistryImage.Push(Registry, "team/app");
        Func<RegistryRequest, bool> which = Kind("manifest PUT");
        Registry.Options.Fault = (_, request) => which(request) ? Fault("lost answer") : null;

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(result.Published.Manifest.Digest.ToString(), Registry.Content.FindManifest("clean/app", "1")!.Digest);
    }

    [Theory]
    [MemberData(nameof(ListFaults))]
    public async Task List_FaultForEver_EndsAfterTheLastAttempt(string kind, string fault)
    {
        Registry.Options.HasReferrersApi = true;
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Fault = (_, request) => Fault(fault);

        OciException error = await GetErrorAsync(() => ReadListAsync(kind));

        Assert.Equal(
            fault == "429" ? "TooManyRequests" : int.TryParse(fault, out _) ? "RegistryError" : "RegistryUnreachable", error.ErrorId);
        Assert.Equal(MostAttempts, Count(Kind(kind)));
    }

    [Theory]
    [InlineData("manifest GET")]
    [InlineData("blob GET")]
    [InlineData("blob probe")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("blob PUT")]
    [InlineData("manifest PUT")]
    public async Task Remove_StumbleWithAReasonOnce_IsRiddenOut(string kind)
    {
        RegistryImage.Push(Registry, "team/app");
        FailFirst(1, Kind(kind), s_stumble);

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(result.Published.Manifest.Digest.ToString(), Registry.Content.FindManifest("clean/app", "1")!.Digest);
    }

    [Theory]
    [InlineData("manifest GET")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("blob PUT")]
    [InlineData("manifest PUT")]
    public async Task Remove_StumbleWithAReasonForEver_SaysTheReason(string kind)
    {
        RegistryImage.Push(Registry, "team/app");
        Func<RegistryRequest, bool> which = Kind(kind);
        Registry.Options.Fault = (_, request) => which(request) ? s_stumble : null;

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.Content.TagsIn("clean/app"));
    }

    private static RegistryFault Fault(string name) => name switch
    {
        "reset" => Reset,
        "lost answer" => new RegistryFault(name) { LosesAnswer = true, CutAt = 0 },
        "cut" => new RegistryFault(name) { CutAt = 20 },
        _ => RegistryFault.FromStatus(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private async Task ReadListAsync(string kind)
    {
        using OciPS.Registry.RegistryStore store = Store();
        if (kind == "tags")
        {
            var tags = new List<string>();
            await foreach (string tag in store.ListTagsAsync(CancellationToken.None))
            {
                tags.Add(tag);
            }

            Assert.Equal(["1"], tags);
        }
        else
        {
            Assert.Empty(await store.ListReferrersAsync(Digest.FromBytes("x"u8.ToArray()), CancellationToken.None));
        }
    }
}
