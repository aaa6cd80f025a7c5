// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Does with a document all that is done with one from a registry: reads it, changes it, and reads what came out.</summary>
internal static class DocumentReading
{
    private const string What = "The document";

    private static readonly Digest s_digest = Digest.FromBytes("changed"u8);
    private static readonly Dictionary<string, string> s_annotations = new() { ["a"] = "1" };

    public static void Read(string kind, byte[] json)
    {
        if (kind == "config")
        {
            ReadConfig(json);
            return;
        }

        ManifestContent content = ManifestContent.Identify(json, null, Digest.FromBytes(json), What);
        if (MediaTypes.IsIndex(content.MediaType))
        {
            ReadIndex(content);
        }
        else
        {
            ReadManifest(content);
        }
    }

    private static void ReadConfig(byte[] json)
    {
        ImageConfig config = ImageConfig.Parse(json, What);
        ReadOnlyMemory<byte> padded = ConfigEditor.PadHistory(json, 5, What);
        Assert.True(ImageConfig.Parse(padded, What).NonEmptyHistoryCount >= 5);
        Assert.Equal([s_digest.ToString()], ImageConfig.Parse(ConfigEditor.RepairDiffIds(json, [s_digest], What), What).DiffIds);
        ConfigEditor.SetDiffIds(padded, [s_digest], What);
        Assert.NotNull(config.Platform.ToString());
    }

    private static void ReadIndex(ManifestContent content)
    {
        ImageIndex index = ImageIndex.Parse(content, What);
        IndexEditor.Change[] changes = index.Manifests.Select((entry, i) => new IndexEditor.Change(
            i % 3 == 0 ? entry with { Digest = s_digest, Size = 7 } : i % 3 == 1 ? entry : null, i % 2 == 0 ? s_digest : null)).ToArray();
        ManifestContent changed = IndexEditor.Replace(index, changes, MediaTypes.DockerList, What);
        Assert.Equal(changes.Count(change => change.Target is not null), ImageIndex.Parse(changed, What).Manifests.Count);
        Assert.Equal(
            "1", ImageIndex.Parse(ManifestEditor.Annotate(content, index.Annotations, s_annotations, What), What).Annotations["a"]);
        ReferrerIndex.GetSubject(content, What);
        Assert.Equal(index.Manifests.Count + 1, ImageIndex.Parse(ReferrerIndex.Add(index, changed, What), What).Manifests.Count);
    }

    private static void ReadManifest(ManifestContent content)
    {
        ImageManifest manifest = ImageManifest.Parse(content, What);
        Schema1Signature.GetDigest(content.Bytes, null, What);
        if (manifest.Schema1 is { } schema1)
        {
            ReadConfig(Schema1Config.Create(schema1, manifest.Layers.Select(layer => layer.Digest).ToArray(), What).ToArray());
            return;
        }

        var config = new Descriptor(manifest.Config.MediaType, s_digest, 7);
        var layers = manifest.Layers.Select((layer, i) => (layer, i)).Where(one => one.i % 2 == 0)
            .ToDictionary(one => one.i, one => one.layer with { Digest = s_digest, Size = 8 });
        ImageManifest changed = ImageManifest.Parse(ManifestEditor.Replace(manifest, config, layers, What), What);
        Assert.Equal(s_digest, changed.Config.Digest);
        Assert.Equal(manifest.Layers.Count, changed.Layers.Count);
        Assert.Equal(
            "1", ImageManifest.Parse(ManifestEditor.Annotate(content, manifest.Annotations, s_annotations, What), What).Annotations["a"]);
        FormatConverter.Convert(manifest, ManifestFormat.Docker, What);
        FormatConverter.Convert(manifest, ManifestFormat.Oci, What);
        ReferrerIndex.Add(null, content, What);
    }
}
