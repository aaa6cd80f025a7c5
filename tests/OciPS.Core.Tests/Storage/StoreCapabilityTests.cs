// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Connections;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Core.Tests.Storage;

/// <summary>What stores can do, asked directly and through the stores that wrap others.</summary>
public sealed class StoreCapabilityTests
{
    private static readonly Type[] s_reading =
        [typeof(IReferrerStore), typeof(IPartialReads), typeof(IRefetchable), typeof(IContentLocator)];

    private static readonly Type[] s_writing = [typeof(IMountable), typeof(IExclusiveStore), typeof(IStagedStore)];

    public static TheoryData<string, Type[]> Capabilities => new()
    {
        {
            "registry.example.com/app",
            [typeof(IMountable), typeof(IReferrerStore), typeof(IPartialReads), typeof(IRefetchable), typeof(IContentLocator)]
        },
        { "oci:there/is/none", [typeof(IReferrerStore)] },
        { "oci-archive:there/is/none.tar", [typeof(IReferrerStore), typeof(IStagedStore)] },
        { "dir:there/is/none", [typeof(IContentLocator), typeof(IExclusiveStore)] },
        { "docker-archive:there/is/none.tar", [typeof(IStagedStore)] },
    };

    [Theory]
    [MemberData(nameof(Capabilities))]
    public void As_OfADestination_GivesWhatItCanDo(string reference, Type[] expected)
    {
        using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(reference), TestSession.Begin());

        Assert.Equal(Names(expected), Names(Found(store)));
    }

    [Theory]
    [MemberData(nameof(Capabilities))]
    public void As_OfADryRun_GivesWhatTheInnerStoreReads(string reference, Type[] expected)
    {
        using var store = new DryRunStore(StoreFactory.OpenDestination(ImageReference.Parse(reference), TestSession.Begin()));

        Assert.Equal(Names(expected.Except(s_writing)), Names(Found(store)));
    }

    [Fact]
    public void As_OfAMirroredStore_GivesWhatTheRegistryCanDo()
    {
        var reference = ImageReference.Parse("registry.example.com/app");
        using var registry = TestSession.Store(reference);
        using var store = new MirroredStore(
            reference,
            [RegistryMirror.Parse("mirror.example.com")],
            TestSession.Current.Registries,
            new NullLog(),
            TestSession.Current.Registries.NewBudget());

        Assert.Equal(Names(Found(registry)), Names(Found(store)));
        Assert.Same(store, ((IImageStore)store).As<IPartialReads>());
        Assert.Same(store, ((IImageStore)store).As<IContentLocator>());
    }

    [Fact]
    public void ReadCapabilities_OfTheCore_AreThoseThatWriteNothing() =>
        Assert.Equal(
            Names(s_reading),
            Names(typeof(IReadCapability).Assembly.GetTypes()
                .Where(type => type.IsInterface && type != typeof(IReadCapability) && type.IsAssignableTo(typeof(IReadCapability)))));

    private static IEnumerable<Type> Found(IImageStore store) => s_reading.Concat(s_writing).Where(capability =>
        typeof(IImageStore).GetMethod(nameof(IImageStore.As))!.MakeGenericMethod(capability).Invoke(store, null) is not null);

    private static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(type => type.Name).Order(StringComparer.Ordinal);
}
