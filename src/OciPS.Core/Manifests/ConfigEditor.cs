// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Changes configs and keeps all other bytes.</summary>
internal static class ConfigEditor
{
    private static ReadOnlySpan<byte> MadeUpEntry =>
        """{"created":"1970-01-01T00:00:00Z","created_by":"unknown: the image's history had no entry for this layer","comment":"added """u8
            + """by OciPS"}"""u8;

    /// <summary>
    /// Pads the history to one non-empty entry per layer, with copies of the first one: registries and Docker refuse images with fewer. All
    /// other bytes stay; a config with enough entries is returned unchanged.
    /// </summary>
    public static ReadOnlyMemory<byte> PadHistory(ReadOnlyMemory<byte> config, int layerCount, string what)
    {
        return ManifestJson.Read(config, ErrorIds.InvalidConfig, what, json =>
        {
            JsonElement[] history = json.Items("history", what).ToArray();
            int missing = layerCount - history.Count(ImageConfig.IsNonEmpty);
            if (missing <= 0)
            {
                return config;
            }

            JsonElement first = history.FirstOrDefault(ImageConfig.IsNonEmpty);
            ReadOnlySpan<byte> entry = first.ValueKind == JsonValueKind.Undefined
                ? MadeUpEntry
                : Encoding.UTF8.GetBytes(first.GetRawText());
            return Insert(config.Span, JsonSpan.FromProperty(config.Span, "history"u8), entry, missing, history.Length > 0);
        });
    }

    /// <summary>Sets <c>rootfs.diff_ids</c>.</summary>
    public static ReadOnlyMemory<byte> SetDiffIds(ReadOnlyMemory<byte> config, IReadOnlyList<Digest> diffIds, string what) =>
        ManifestJson.Edit(config, ErrorIds.InvalidConfig, what, json =>
        {
            if (json["rootfs"] is not JsonObject rootFs)
            {
                throw new InvalidContentException(
                    ErrorIds.InvalidConfig, $"{what} has no 'rootfs', so it is not the config of an image with layers.");
            }

            rootFs["diff_ids"] = ToArray(diffIds);
        });

    /// <summary>Sets <c>rootfs.diff_ids</c>, in a config that may have no <c>rootfs</c> yet.</summary>
    public static ReadOnlyMemory<byte> RepairDiffIds(ReadOnlyMemory<byte> config, IReadOnlyList<Digest> diffIds, string what) =>
        ManifestJson.Edit(config, ErrorIds.InvalidConfig, what, json =>
        {
            if (json["rootfs"] is not JsonObject rootFs)
            {
                json["rootfs"] = rootFs = [];
            }

            rootFs["type"] ??= "layers";
            rootFs["diff_ids"] = ToArray(diffIds);
        });

    private static JsonArray ToArray(IReadOnlyList<Digest> diffIds) =>
        new(diffIds.Select(diffId => (JsonNode)JsonValue.Create(diffId.ToString())).ToArray());

    private static byte[] Insert(ReadOnlySpan<byte> config, JsonSpan history, ReadOnlySpan<byte> entry, int count, bool hasEntries)
    {
        var padded = new ArrayBufferWriter<byte>(config.Length + ((entry.Length + 1) * count) + 16);
        bool isArray = history.Exists && config[history.Start] == (byte)'[';
        int before = isArray ? history.End - 1 : history.Exists ? history.Start : config.LastIndexOf((byte)'}');
        int after = isArray || !history.Exists ? before : history.End;

        padded.Write(config[..before]);
        if (!isArray)
        {
            bool isFirstProperty = config[..before].TrimEnd(" \t\r\n"u8).EndsWith("{"u8);
            padded.Write(history.Exists ? "["u8 : isFirstProperty ? "\"history\":["u8 : ",\"history\":["u8);
        }

        for (int i = 0; i < count; i++)
        {
            padded.Write(hasEntries || i > 0 ? ","u8 : default);
            padded.Write(entry);
        }

        padded.Write(isArray ? default : "]"u8);
        padded.Write(config[after..]);
        return padded.WrittenSpan.ToArray();
    }
}
