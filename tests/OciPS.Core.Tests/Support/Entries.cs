// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Tar;

namespace OciPS.Core.Tests.Support;

/// <summary>Entries and layers made by hand, for what only looks at names.</summary>
internal static class Entries
{
    public static TarEntry File(string name) => Make(name, TarEntryType.File);

    public static TarEntry Directory(string name) => Make(name, TarEntryType.Directory);

    public static TarEntry Whiteout(string name) => Make(name, TarEntryType.Whiteout);

    public static TarEntry SymbolicLink(string name, string target) => Make(name, TarEntryType.SymbolicLink, target);

    public static TarEntry HardLink(string name, string target) => Make(name, TarEntryType.HardLink, target);

    /// <summary>A layer of these entries, of which some are selected.</summary>
    public static LayerScan Layer(int index, TarEntry[] selected, params TarEntry[] entries)
    {
        TarEntry[] numbered = entries.Select((entry, ordinal) => Number(entry, ordinal)).ToArray();
        HashSet<TarEntry> chosen = selected.Select(entry => numbered[Array.IndexOf(entries, entry)]).ToHashSet();
        var descriptor = new Descriptor(MediaTypes.OciLayerGzip, Digest.FromBytes([(byte)index]), 1);
        Descriptor[] all = [.. Enumerable.Repeat(descriptor, index + 1)];
        var layer = new Layer(null!, ImageReference.Parse("app:1"), all, index, TestSession.Begin());
        return new LayerScan(layer, numbered, chosen, Digest.FromBytes([(byte)index, 1]), LayerCompression.Gzip);
    }

    private static TarEntry Make(string name, TarEntryType type, string target = "") => new()
    {
        Name = name,
        Type = type,
        LinkTarget = target,
        Size = type == TarEntryType.File ? 1 : 0,
        StoredSize = type == TarEntryType.File ? 1 : 0,
        Ordinal = 0,
        Start = 0,
        ContentStart = 512,
    };

    private static TarEntry Number(TarEntry entry, int ordinal) => new()
    {
        Name = entry.Name,
        Type = entry.Type,
        LinkTarget = entry.LinkTarget,
        Size = entry.Size,
        StoredSize = entry.StoredSize,
        Ordinal = ordinal,
        Start = ordinal * 1024,
        ContentStart = (ordinal * 1024) + 512,
    };
}
