// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Text.Json;
using OciPS.Manifests.Json;

namespace OciPS.Manifests;

/// <summary>
/// Adjusts the history of a config to one non-empty entry per layer: Docker and registries refuse images with fewer or more.
/// </summary>
internal static class ConfigHistory
{
    // Instructions that never create a layer.
    private static readonly string[] s_instructions =
        [
            "ENV", "CMD", "LABEL", "ENTRYPOINT", "EXPOSE", "USER", "MAINTAINER", "ARG", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL",
            "VOLUME"];

    private readonly record struct Entry(JsonSpan Span, bool IsEmpty, bool IsInstruction);

    /// <summary>
    /// Pads a history that is too short, and marks entries as empty in one that is too long: first those of instructions that create no
    /// layer, then the last ones. All other bytes stay; a valid config is returned unchanged.
    /// </summary>
    public static ReadOnlyMemory<byte> Fit(ReadOnlyMemory<byte> config, int layerCount, string what)
    {
        int surplus = ImageConfig.Parse(config, what).NonEmptyHistoryCount - layerCount;
        return surplus > 0 ? MarkEmpty(config.Span, surplus) : ConfigEditor.PadHistory(config, layerCount, what);
    }

    private static byte[] MarkEmpty(ReadOnlySpan<byte> config, int surplus)
    {
        Entry[] entries = Read(config);
        IEnumerable<Entry> marked = entries.Where(entry => !entry.IsEmpty).Reverse().OrderByDescending(entry => entry.IsInstruction)
            .Take(surplus);
        var changed = new ArrayBufferWriter<byte>(config.Length + (surplus * 24));
        int done = 0;
        foreach (Entry entry in marked.OrderBy(entry => entry.Span.Start))
        {
            changed.Write(config[done..entry.Span.Start]);
            WriteEmpty(config[entry.Span.Start..entry.Span.End], changed);
            done = entry.Span.End;
        }

        changed.Write(config[done..]);
        return changed.WrittenSpan.ToArray();
    }

    private static Entry[] Read(ReadOnlySpan<byte> config)
    {
        JsonSpan history = JsonSpan.FromProperty(config, "history"u8);
        var entries = new List<Entry>();
        var reader = new Utf8JsonReader(config[history.Start..history.End]);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1)
            {
                int start = history.Start + (int)reader.TokenStartIndex;
                using var json = JsonDocument.ParseValue(ref reader);
                entries.Add(new Entry(
                    new JsonSpan(start, history.Start + (int)reader.BytesConsumed),
                    !ImageConfig.IsNonEmpty(json.RootElement),
                    IsInstruction(json.RootElement)));
            }
        }

        return [.. entries];
    }

    private static bool IsInstruction(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("created_by", out JsonElement createdBy)
            || createdBy.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        const string NoOperation = "#(nop)";
        string text = createdBy.GetString()!;
        int at = text.IndexOf(NoOperation, StringComparison.Ordinal);
        string command = (at < 0 ? text : text[(at + NoOperation.Length)..]).TrimStart();
        return Array.Exists(s_instructions, name => command.StartsWith(name + " ", StringComparison.Ordinal));
    }

    private static void WriteEmpty(ReadOnlySpan<byte> entry, ArrayBufferWriter<byte> output)
    {
        JsonSpan value = JsonSpan.FromProperty(entry, "empty_layer"u8);
        if (value.Exists)
        {
            output.Write(entry[..value.Start]);
            output.Write("true"u8);
            output.Write(entry[value.End..]);
            return;
        }

        ReadOnlySpan<byte> before = entry[..^1].TrimEnd(" \t\r\n"u8);
        output.Write(before);
        output.Write(before.Length > 1 ? ",\"empty_layer\":true"u8 : "\"empty_layer\":true"u8);
        output.Write(entry[before.Length..]);
    }
}
