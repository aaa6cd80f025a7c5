// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using System.Text.Json;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS;

/// <summary>The config of an image: how it was built, and how it is run.</summary>
/// <remarks>Image specification, "Image Configuration".</remarks>
public sealed class OciImageConfig
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private string? _rawJson;

    internal OciImageConfig(ImageSource image, ImageConfig config)
    {
        ImageReference reference = image.ExactReference;
        Reference = reference.ToString();
        Tag = reference.Tag;
        _bytes = config.Bytes;
        Digest = References.Digest.FromBytes(config.Bytes.Span).ToString();
        DiffIds = config.DiffIds ?? [];
        string what = $"The config of '{reference}'";
        Platform = new OciPlatform(
            image.Reference with { Digest = image.Manifest.Content.Digest }, PlatformReader.Merge(image.Platform, config.Platform));
        ManifestJson.Read(config.Bytes, ErrorIds.InvalidConfig, what, json =>
        {
            Created = ReadDate(json, "created");
            Author = json.OptionalString("author", what);
            History = json.Items("history", what).Where(entry => entry.ValueKind == JsonValueKind.Object)
                .Select(entry => new OciHistoryEntry(entry, what))
                .ToArray();
            if (json.TryGetProperty("config", out JsonElement run) && run.ValueKind == JsonValueKind.Object)
            {
                Labels = OciTextMap.From(run.StringMap("Labels", what));
                Env = run.StringList("Env", what);
                Entrypoint = run.StringList("Entrypoint", what);
                Cmd = run.StringList("Cmd", what);
                User = run.OptionalString("User", what) ?? string.Empty;
                WorkingDir = run.OptionalString("WorkingDir", what) ?? string.Empty;
                StopSignal = run.OptionalString("StopSignal", what);
                ExposedPorts = ReadKeys(run, "ExposedPorts");
                Volumes = ReadKeys(run, "Volumes");
            }

            return true;
        });
    }

    internal OciImageConfig(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Tag = saved.OptionalText(nameof(Tag));
        Digest = saved.Text(nameof(Digest));
        Created = saved.Date(nameof(Created));
        Author = saved.OptionalText(nameof(Author));
        Labels = saved.Map(nameof(Labels));
        Env = saved.Texts(nameof(Env));
        Entrypoint = saved.Texts(nameof(Entrypoint));
        Cmd = saved.Texts(nameof(Cmd));
        User = saved.Text(nameof(User));
        WorkingDir = saved.Text(nameof(WorkingDir));
        StopSignal = saved.OptionalText(nameof(StopSignal));
        ExposedPorts = saved.Texts(nameof(ExposedPorts));
        Volumes = saved.Texts(nameof(Volumes));
        History = saved.Objects<OciHistoryEntry>(nameof(History));
        DiffIds = saved.Texts(nameof(DiffIds));
        Platform = saved.Object<OciPlatform>(nameof(Platform)) ?? new OciPlatform(saved);
        _rawJson = saved.Text(nameof(RawJson));
    }

    /// <summary>The reference of the image; with its digest if it was selected from an index.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The config's digest.</summary>
    public string Digest { get; }

    /// <summary>When the image was created, in this machine's time zone; null if unknown.</summary>
    public DateTime? Created { get; private set; }

    /// <summary>The author.</summary>
    public string? Author { get; private set; }

    /// <summary>Labels; empty if there are none.</summary>
    public OciTextMap Labels { get; private set; } = OciTextMap.Empty;

    /// <summary>Environment variables as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; private set; } = [];

    /// <summary>The command to run.</summary>
    public IReadOnlyList<string> Entrypoint { get; private set; } = [];

    /// <summary>The arguments; or the command, if there is no entry point.</summary>
    public IReadOnlyList<string> Cmd { get; private set; } = [];

    /// <summary>The user to run as; empty for root.</summary>
    public string User { get; private set; } = string.Empty;

    /// <summary>The working directory.</summary>
    public string WorkingDir { get; private set; } = string.Empty;

    /// <summary>The signal that stops a container.</summary>
    public string? StopSignal { get; private set; }

    /// <summary>Exposed ports as <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; private set; } = [];

    /// <summary>Folders for data that outlives the container.</summary>
    public IReadOnlyList<string> Volumes { get; private set; } = [];

    /// <summary>The build steps, oldest first.</summary>
    public IReadOnlyList<OciHistoryEntry> History { get; private set; } = [];

    /// <summary>The digests of the decompressed layers, base first.</summary>
    public IReadOnlyList<string> DiffIds { get; }

    /// <summary>The platform of the image.</summary>
    public OciPlatform Platform { get; }

    /// <summary>The exact JSON that the digest covers.</summary>
    public string RawJson => _rawJson ??= Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;

    internal static DateTime? ReadDate(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date.LocalDateTime
            : null;

    private static string[] ReadKeys(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(property => property.Name).ToArray()
            : [];
}
