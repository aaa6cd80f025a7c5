// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Restores the module's outputs after deserialisation from a job, Import-Clixml or another machine.</summary>
internal static class SavedOutputs
{
    private const string Prefix = "Deserialized.";

    private static readonly Dictionary<Type, Func<SavedObject, object?>> s_types = new()
    {
        [typeof(OciContainerSource)] = saved => new OciContainerSource(saved),
        [typeof(OciDescriptor)] = saved => new OciDescriptor(saved),
        [typeof(OciDescriptorPlatform)] = saved => new OciDescriptorPlatform(saved),
        [typeof(OciFileMatch)] = saved => new OciFileMatch(saved),
        [typeof(OciHistoryEntry)] = saved => new OciHistoryEntry(saved),
        [typeof(OciImageConfig)] = saved => new OciImageConfig(saved),
        [typeof(OciImageDifference)] = saved => new OciImageDifference(saved),
        [typeof(OciImageFile)] = SavedFile.Restore,
        [typeof(OciIndex)] = saved => new OciIndex(saved),
        [typeof(OciManifest)] = saved => new OciManifest(saved),
        [typeof(OciMergedIndex)] = saved => new OciMergedIndex(saved),
        [typeof(OciPlatform)] = saved => new OciPlatform(saved),
        [typeof(OciPublishedImage)] = saved => new OciPublishedImage(saved),
        [typeof(OciRegistryConnection)] = saved => new OciRegistryConnection(saved),
        [typeof(OciRewrittenImage)] = saved => new OciRewrittenImage(saved),
        [typeof(OciTag)] = saved => new OciTag(saved),
        [typeof(OciTextGroup)] = saved => new OciTextGroup(saved),
        [typeof(OciTextMatch)] = saved => new OciTextMatch(saved),
    };

    public static bool IsSaved(PSObject value, Type type) => s_types.ContainsKey(type) && value.TypeNames.Contains(Prefix + type.FullName);

    /// <summary>The restored object; null if that fails.</summary>
    public static object? Restore(PSObject value, Type type) => IsSaved(value, type) ? s_types[type](new SavedObject(value)) : null;
}
