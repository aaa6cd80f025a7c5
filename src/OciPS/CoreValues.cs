// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.Tar;

namespace OciPS;

/// <summary>Converts parameter values to types of the core, which no public member may use.</summary>
internal static class CoreValues
{
    public static ManifestMode ToCore(this OciManifestMode mode) => mode switch
    {
        OciManifestMode.RegistryDefaults => ManifestMode.RegistryDefaults,
        OciManifestMode.NormaliseToMultiArch => ManifestMode.NormaliseToMultiArch,
        _ => ManifestMode.PreferMultiArch,
    };

    /// <summary>The format to write; null for that of the source.</summary>
    public static ManifestFormat? ToCore(this OciFormat format) => format switch
    {
        OciFormat.Oci => ManifestFormat.Oci,
        OciFormat.Docker => ManifestFormat.Docker,
        _ => null,
    };

    public static IReadOnlyList<TarEntryType> ToCore(this IEnumerable<OciFileType> types) =>
        types.SelectMany(type => type == OciFileType.All ? Enum.GetValues<TarEntryType>() : [type.ToCore()]).Distinct().ToArray();

    private static TarEntryType ToCore(this OciFileType type) => type switch
    {
        OciFileType.File => TarEntryType.File,
        OciFileType.Directory => TarEntryType.Directory,
        OciFileType.SymbolicLink => TarEntryType.SymbolicLink,
        OciFileType.HardLink => TarEntryType.HardLink,
        OciFileType.CharacterDevice => TarEntryType.CharacterDevice,
        OciFileType.BlockDevice => TarEntryType.BlockDevice,
        OciFileType.Fifo => TarEntryType.Fifo,
        OciFileType.Whiteout => TarEntryType.Whiteout,
        _ => TarEntryType.Other,
    };
}
