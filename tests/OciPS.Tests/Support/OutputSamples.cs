// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Tests.Support;

/// <summary>An object of every type that cmdlets emit, with as many values as it can have.</summary>
internal sealed class OutputSamples
{
    private static readonly (string Name, string Script)[] s_scripts =
    [
        ("OciContainerSource", "Get-OciContainerSource inputs.json"),
        ("OciDescriptor", "(Get-OciManifest oci:images:idx).Manifests[0]"),
        ("OciDescriptorPlatform", "(Get-OciManifest oci:images:idx).Manifests[0].Platform"),
        ("OciFileMatch", "Get-OciImageFile oci:images:one -Path etc/motd | Select-OciFileString 'fo(und.*)' -Context 1"),
        ("OciTextMatch", "(Get-OciImageFile oci:images:one -Path etc/motd | Select-OciFileString 'fo(und.*)').Matches[0]"),
        ("OciTextGroup", "(Get-OciImageFile oci:images:one -Path etc/motd | Select-OciFileString 'fo(?<half>und.*)').Matches[0].Groups[1]"),
        ("OciHistoryEntry", "(Get-OciImageConfig oci:images:one).History[0]"),
        ("OciImageConfig", "Get-OciImageConfig oci:images:one"),
        ("OciImageDifference", "Compare-OciImage oci:images:one oci:images:two | Where-Object Kind -eq File | Select-Object -First 1"),
        ("OciImageFile", "Get-OciImageFile oci:images:idx -Platform linux/amd64 -Type HardLink"),
        ("OciIndex", "Get-OciManifest oci:images:idx"),
        ("OciManifest", "Get-OciManifest oci:images:one"),
        ("OciMergedIndex", "Merge-OciManifestList -ManifestList list.json -ImageDirectory stage/images/one"),
        ("OciPlatform", "Get-OciPlatform oci:images:one"),
        ("OciPublishedImage", "Copy-OciImage oci:images:one oci:copies:one"),
        ("OciRegistryConnection", "Connect-OciRegistry $registry -PlainHttp -Mirror mirror.example.com"),
        ("OciRewrittenImage", "Remove-OciImageFile oci:images:idx -Path etc/motd -Destination oci:copies:idx"),
        ("OciTag", "Get-OciTag oci:images -Name one"),
    ];

    private readonly Engine _engine;
    private readonly string? _strange;
    private RegistryServer? _registry;

    /// <summary>Makes them in an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="strange">What stands in all values that strangers choose.</param>
    public OutputSamples(Engine engine, string? strange = null)
    {
        _engine = engine;
        _strange = strange;
    }

    public static IEnumerable<string> Names => s_scripts.Select(item => item.Name);

    public async Task PrepareAsync()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        string lines = $"before{_strange}\nfound {_strange}\nafter{_strange}\n";
        JsonObject one = Image(images, ("etc/motd", lines), ($"etc/link{_strange}->etc/motd", string.Empty));
        images.Tag("one", one);
        images.Tag("two", Image(images, ($"etc/motd{_strange}", "other")));
        JsonObject listed = one.DeepClone().AsObject();
        listed["platform"] = new JsonObject
        {
            ["os"] = "linux",
            ["architecture"] = "amd64",
            ["variant"] = "v2" + _strange,
            ["os.version"] = "1" + _strange,
        };
        listed["annotations"] = new JsonObject { ["entry" + _strange] = "e" + _strange };
        listed["artifactType"] = "application/x" + _strange;
        JsonObject index = images.Json(LayoutImages.Digest(images.Index(listed)));
        index["annotations"] = new JsonObject { ["index" + _strange] = "i" + _strange };
        JsonObject put = images.Put(index, LayoutImages.IndexType);
        images.Tag("idx", put);
        await File.WriteAllBytesAsync(_engine.GetPath("list.json"), images.Blob(LayoutImages.Digest(put)));
        Directory.CreateDirectory(_engine.GetPath("stage/images"));
        _engine.Run("$null = Copy-OciImage oci:images:one dir:stage/images/one");
        JsonObject sources = new() { ["one"] = new JsonObject { ["format"] = "dir", ["name"] = "registry/app:1" } };
        JsonObject inputs = new() { ["path"] = "stage/images", ["data"] = new JsonObject { ["archives"] = sources } };
        await File.WriteAllTextAsync(_engine.GetPath("inputs.json"), new JsonObject { ["images"] = inputs }.ToJsonString());
        _registry = await RegistryServer.StartAsync();
        _engine.Set("registry", _registry.Host);
    }

    /// <summary>Sets the variable $sample.</summary>
    public void Set(string name) => _engine.Run($"$sample = {s_scripts.Single(item => item.Name == name).Script}");

    /// <summary>Puts what a session reads that has not imported the module yet into the variable $sample.</summary>
    public void LeaveDeserialised() => _engine.Run(
        "$sample | Export-Clixml sample.xml; Remove-Module OciPS; $sample = Import-Clixml sample.xml; Import-Module $args[0]",
        Engine.ModulePath);

    public async Task StopAsync()
    {
        _engine.Run("Disconnect-OciRegistry *");
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }

    private JsonObject Image(LayoutImages images, params (string Name, string Content)[] files)
    {
        JsonObject layer = images.Layer(files);
        JsonObject config = new()
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["variant"] = "v2" + _strange,
            ["os.version"] = "1" + _strange,
            ["os.features"] = new JsonArray("feature" + _strange),
            ["created"] = "2024-01-02T03:04:05Z",
            ["config"] = new JsonObject
            {
                ["User"] = "me" + _strange,
                ["WorkingDir"] = "/work" + _strange,
                ["Env"] = new JsonArray("A=" + _strange),
                ["Cmd"] = new JsonArray("run" + _strange),
                ["Entrypoint"] = new JsonArray("start" + _strange),
                ["Labels"] = new JsonObject { ["label" + _strange] = "value" + _strange },
                ["ExposedPorts"] = new JsonObject { ["80/tcp" + _strange] = new JsonObject() },
                ["Volumes"] = new JsonObject { ["/data" + _strange] = new JsonObject() },
            },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(LayoutImages.Digest(layer)) },
            ["history"] = new JsonArray(new JsonObject
            {
                ["created"] = "2024-01-02T03:04:05Z",
                ["created_by"] = "step" + _strange,
                ["author"] = "who" + _strange,
                ["comment"] = "why" + _strange,
            }),
        };
        JsonObject manifest = LayoutImages.Manifest(images.Put(config, LayoutImages.ConfigType), [layer]);
        manifest["annotations"] = new JsonObject { ["note" + _strange] = "n" + _strange };
        manifest["artifactType"] = "application/x" + _strange;
        return images.Put(manifest, LayoutImages.ManifestType);
    }
}
