// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Core.Tests.Images;

/// <summary>The two tables of transports have all of them, and nothing else passes for one.</summary>
public sealed class TransportTests
{
    private const Transport None = (Transport)99;

    public static TheoryData<Transport> All => [.. Enum.GetValues<Transport>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Syntax_OfATransport_SaysAllThatAReferenceNeeds(Transport transport)
    {
        var syntax = TransportSyntax.For(transport);

        Assert.Equal(transport, syntax.Transport);
        Assert.EndsWith(":", syntax.Prefix.TrimEnd('/'), StringComparison.Ordinal);
        Assert.NotEmpty(syntax.Forms);
        Assert.NotEmpty(syntax.DestinationForms);
        Assert.All(
            syntax.Forms, form => Assert.True(form.StartsWith(syntax.Prefix, StringComparison.Ordinal) || syntax.DefaultTag is not null));
        Assert.Equal(syntax.Path == TransportPath.None, syntax.DefaultTag is not null);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Parse_PrefixOfATransport_GivesAReferenceThatIsWrittenAndParsedAgain(Transport transport)
    {
        var reference = ImageReference.Parse(TransportSyntax.For(transport).Prefix + "there/is/none");

        Assert.Equal(transport, reference.Transport);
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_OfATransport_GivesItsStores(Transport transport)
    {
        var reference = ImageReference.Parse(TransportSyntax.For(transport).Prefix + "there/is/none");
        using IImageStore destination = StoreFactory.OpenDestination(reference, TestSession.Begin());

        Assert.Equal(reference.Name, destination.Repository.Name);
        Assert.Equal(TransportSyntax.For(transport).KeepsManifests, destination.KeepsManifests);

        // A tarball is opened at once, and the others when they are asked.
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            using IImageStore source = await StoreFactory.OpenAsync(reference, TestSession.Begin(), CancellationToken.None);
            Assert.Equal(reference.Name, source.Repository.Name);
        });
        Assert.True(error is null or ContentNotFoundException, error?.ToString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void OpenBatch_OfATransport_GivesAPlaceWhereItTakesSeveralImages(Transport transport)
    {
        var reference = ImageReference.Parse(TransportSyntax.For(transport).Prefix + "there/is/none");
        if (!StoreFactory.TakesBatch(reference, TestSession.Begin()))
        {
            Assert.Throws<NotSupportedException>(() => StoreFactory.OpenBatch(reference, TestSession.Begin()));
            return;
        }

        using IStoreBatch batch = StoreFactory.OpenBatch(reference, TestSession.Begin());
        using IImageStore store = batch.OpenDestination(reference);

        Assert.Equal(reference.Name, store.Repository.Name);
        Assert.NotNull(store.As<IStagedStore>());
    }

    [Fact]
    public void Prefixes_OfAllTransports_DoNotBeginAlike()
    {
        string[] prefixes = [.. TransportSyntax.All.Select(syntax => syntax.Prefix)];

        Assert.All(prefixes, prefix => Assert.Single(prefixes, other => other.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void Syntax_TransportThatThereIsNot_IsAnError()
    {
        var reference = new ImageReference(None);

        Assert.Throws<ArgumentOutOfRangeException>(() => TransportSyntax.For(None));
        Assert.Throws<ArgumentOutOfRangeException>(() => reference.Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => StoreFactory.OpenDestination(reference, TestSession.Begin()).Dispose());
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            _ = StoreFactory.OpenAsync(reference, TestSession.Begin(), CancellationToken.None);
        });
    }
}
