// SPDX-License-Identifier: MIT

using System.Text;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>What a registry says of a manifest that it was sent, and what it has.</summary>
public sealed class ManifestCheckTests : FaultTestBase
{
    private const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    private static readonly byte[] s_old = Manifest("old");
    private static readonly byte[] s_new = Manifest("new");
    private static readonly byte[] s_other = Manifest("somebody else's");

    private readonly RecordingLog _log = new();
    private readonly TestClock _time = new();

    public ManifestCheckTests() => TestSession.Use(clock: _time);

    [Theory]
    [InlineData(200, true)]
    [InlineData(200, false)]
    [InlineData(201, true)]
    [InlineData(201, false)]
    [InlineData(202, true)]
    [InlineData(202, false)]
    [InlineData(204, true)]
    [InlineData(204, false)]
    public async Task Put_AnsweredButNothingIsStored_IsNotStoredAndTheTagStays(int status, bool hasBefore)
    {
        PutOld(hasBefore);
        OnPut(context => Answer(context, status, RegistryContent.GetDigest(s_new)));

        OciException error = await GetErrorAsync(PutAsync);

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Contains(RegistryContent.GetDigest(s_new), error.Message, StringComparison.Ordinal);
        Assert.Equal(hasBefore ? RegistryContent.GetDigest(s_old) : null, Registry.Content.FindManifest("team/app", "1")?.Digest);
        Assert.Equal(TimeSpan.FromSeconds(5), _time.Passed);
    }

    [Fact]
    public async Task Put_StoredAsItWasSent_IsAskedForOnce()
    {
        PutOld(true);
        using RegistryStore store = Open();
        await store.ResolveAsync(Reference, MediaTypes.AllManifests, CancellationToken.None);

        await store.PutManifestAsync(New, "1", CancellationToken.None);

        Assert.Equal(["GET", "PUT", "HEAD"], Registry.Requests.Select(request => request.Method));
        Assert.Equal(TimeSpan.Zero, _time.Passed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_RegistryIsConsistentLater_IsWaitedFor(bool hasBefore)
    {
        PutOld(hasBefore);
        int looks = 0;
        OnPut(context => Answer(context, 201, null));
        bool Look()
        {
            if (++looks == 5)
            {
                Registry.Content.PutManifest("team/app", "1", s_new, OciManifest);
            }

            return false;
        }

        OnHead(_ => Look());
        On("GET", _ => Look());

        await PutAsync();

        // The first one is what was there before.
        Assert.Equal(5, looks);
        Assert.InRange(_time.Passed, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Put_TagIsLost_GetsItsFormerManifestBack()
    {
        PutOld(true);
        int puts = 0;
        // As docker-registry after a collection, whose cache knows a blob that is no more.
        OnPut(context => puts++ == 0 && Lose() && Answer(context, 201, RegistryContent.GetDigest(s_new)));

        OciException error = await GetErrorAsync(PutAsync);

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Contains($"{RegistryContent.GetDigest(s_old)}, was put back", error.Message, StringComparison.Ordinal);
        Assert.Equal(s_old, Registry.Content.FindManifest("team/app", "1")!.Bytes);
    }

    [Fact]
    public async Task Put_FormerManifestIsNoneThatCanBeRead_IsPutBackToTheByte()
    {
        byte[] before = [1, 2, 3];
        Registry.Content.PutManifest("team/app", "1", before, "application/json");
        int puts = 0;
        OnPut(context => puts++ == 0 && Lose() && Answer(context, 201, null));

        await GetErrorAsync(PutAsync);

        RegistryContent.StoredManifest after = Registry.Content.FindManifest("team/app", "1")!;
        Assert.Equal(before, after.Bytes);
        Assert.Equal("application/json", after.MediaType);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Put_ArrivesDamaged_IsADigestMismatchAndTheTagGetsItsFormerManifestBack(bool hasBefore, bool tells)
    {
        PutOld(hasBefore);
        byte[] damaged = [.. s_new];
        damaged[20] ^= 1;
        int puts = 0;
        OnPut(context =>
        {
            if (puts++ > 0)
            {
                return false;
            }

            Registry.Content.PutManifest("team/app", "1", damaged, OciManifest);
            return Answer(context, 201, tells ? RegistryContent.GetDigest(damaged) : null);
        });

        OciException error = await GetErrorAsync(PutAsync);

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Contains(RegistryContent.GetDigest(damaged), error.Message, StringComparison.Ordinal);
        Assert.Contains(RegistryContent.GetDigest(s_new), error.Message, StringComparison.Ordinal);
        Assert.Contains(hasBefore ? "was put back" : "nothing before", error.Message, StringComparison.Ordinal);
        Assert.Equal(hasBefore ? s_old : damaged, Registry.Content.FindManifest("team/app", "1")!.Bytes);
    }

    [Fact]
    public async Task Put_FormerManifestIsNotTakenBack_IsSaid()
    {
        PutOld(true);
        int puts = 0;
        OnPut(context => puts++ == 0 ? Lose() && Answer(context, 201, null) : Answer(context, 403, null));

        OciException error = await GetErrorAsync(PutAsync);

        Assert.Contains($"{RegistryContent.GetDigest(s_old)}, could not be put back", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_SomebodyElseWritesTheTagToo_IsAWarning()
    {
        PutOld(true);
        OnHead(_ =>
        {
            Registry.Content.PutManifest("team/app", "1", s_other, OciManifest);
            return false;
        });

        await PutAsync();

        string warning = Assert.Single(_log.Warnings);
        Assert.Contains(RegistryContent.GetDigest(s_other), warning, StringComparison.Ordinal);
        Assert.Equal(s_other, Registry.Content.FindManifest("team/app", "1")!.Bytes);
        Assert.Equal(1, Count("PUT"));
    }

    [Fact]
    public async Task Put_NotStoredAndSomebodyElseWritesTheTag_LeavesTheirs()
    {
        PutOld(true);
        OnPut(context =>
        {
            Registry.Content.PutManifest("team/app", "1", s_other, OciManifest);
            return Answer(context, 201, RegistryContent.GetDigest(s_new));
        });

        OciException error = await GetErrorAsync(PutAsync);

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Equal(s_other, Registry.Content.FindManifest("team/app", "1")!.Bytes);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(400)]
    [InlineData(200)]
    public async Task Put_HeadSaysNothingOfUse_IsReadInstead(int status)
    {
        PutOld(true);
        OnHead(context => Answer(context, status, null));

        await PutAsync();

        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Put_HeadAlwaysFindsNothing_IsSeenWithoutALongWait()
    {
        OnHead(context => Answer(context, 404, null));

        await PutAsync();

        Assert.InRange(_time.Passed, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Put_HeadAlwaysFails_IsAskedOnce(int status)
    {
        OnHead(context => Answer(context, status, null));

        await PutAsync();

        Assert.Equal(1, Count("HEAD"));
    }

    [Fact]
    public async Task Put_HeadAndAnswerTellAnotherDigest_GoesByWhatIsRead()
    {
        OnPut(context =>
        {
            Registry.Content.PutManifest("team/app", "1", s_new, OciManifest);
            return Answer(context, 201, RegistryContent.GetDigest(s_other));
        });
        OnHead(context => Answer(context, 200, RegistryContent.GetDigest(s_other)));

        await PutAsync();

        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Put_StoredButAlwaysAnsweredWithAnError_IsSeen()
    {
        OnPut(context =>
        {
            Registry.Content.PutManifest("team/app", "1", s_new, OciManifest);
            return Answer(context, 502, null);
        });

        await PutAsync();

        Assert.Equal(MostAttempts, Count("PUT"));
    }

    [Fact]
    public async Task Put_ByDigestAndNothingIsStored_IsNotStored()
    {
        OnPut(context => Answer(context, 201, RegistryContent.GetDigest(s_new)));
        using RegistryStore store = Open();

        OciException error = await GetErrorAsync(() => store.PutChildAsync(New, CancellationToken.None));

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Contains($"team/app@{RegistryContent.GetDigest(s_new)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_RefusedAsAnotherDigestOnce_IsSentOnceMore()
    {
        int puts = 0;
        Registry.Options.Fault = (_, request) => request.Method == "PUT" && puts++ == 0
            ? new RegistryFault("race")
            {
                Status = 400,
                Body = """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}""",
            } : null;

        await PutAsync();

        Assert.Equal(2, Count("PUT"));
    }

    private ImageReference Reference => ImageReference.Parse($"{Host}/team/app:1");

    private static ManifestContent New => new(OciManifest, s_new, Digest.FromBytes(s_new));

    private static byte[] Manifest(string what) => Encoding.UTF8.GetBytes(
        $$$"""{"schemaVersion":2,"mediaType":"{{{OciManifest}}}","config":{"mediaType":"application/"""
            + $$$"""vnd.oci.image.config.v1+json","digest":"{{{RegistryContent.GetDigest(Encoding.UTF8.GetBytes(what))}}}","size":7}"""
            + ""","layers":[]}""");

    private static bool Answer(HttpContext context, int status, string? digest)
    {
        context.Response.StatusCode = status;
        if (digest is not null)
        {
            context.Response.Headers["Docker-Content-Digest"] = digest;
        }

        return true;
    }

    private RegistryStore Open() => TestSession.Store(Reference, _log);

    private async Task PutAsync()
    {
        using RegistryStore store = Open();
        await store.PutManifestAsync(New, "1", CancellationToken.None);
    }

    private void PutOld(bool isThere)
    {
        if (isThere)
        {
            Registry.Content.PutManifest("team/app", "1", s_old, OciManifest);
        }
    }

    private bool Lose()
    {
        Registry.Content.RemoveManifest("team/app", "1");
        return true;
    }

    private void OnPut(Func<HttpContext, bool> answer) => On("PUT", answer);

    private void OnHead(Func<HttpContext, bool> answer) => On("HEAD", answer);

    private void On(string method, Func<HttpContext, bool> answer)
    {
        Func<HttpContext, Task<bool>>? before = Registry.Options.Intercept;
        Registry.Options.Intercept = async context =>
            context.Request.Method == method ? answer(context) : before is not null && await before(context);
    }
}
