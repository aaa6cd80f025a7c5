// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;

namespace OciPS.Tests.Support;

/// <summary>An image: its layers, and a config for them.</summary>
internal sealed class TestImage
{
    public TestImage(params TestLayer[] layers)
        : this(layers.Length, layers)
    {
    }

    public TestImage(string architecture, params TestLayer[] layers)
        : this(layers.Length, layers, architecture)
    {
    }

    public TestImage(int historyCount, params TestLayer[] layers)
        : this(historyCount, layers, "amd64")
    {
    }

    private TestImage(int historyCount, TestLayer[] layers, string architecture)
    {
        Layers = layers;
        var config = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Env"] = new JsonArray("A=1") },
            ["x-unknown"] = 1.50m,
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray(layers.Select(layer => (JsonNode)layer.DiffId).ToArray()),
            },
            ["history"] = new JsonArray(
                Enumerable.Range(0, historyCount).Select(index => (JsonNode)new JsonObject { ["created_by"] = $"step {index}" }).ToArray()),
        };
        Config = Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    public IReadOnlyList<TestLayer> Layers { get; }

    public byte[] Config { get; init; }

    /// <summary>The user that the config names.</summary>
    public string? User
    {
        init
        {
            JsonNode config = JsonNode.Parse(Config)!;
            config["config"]![nameof(User)] = value;
            Config = Encoding.UTF8.GetBytes(config.ToJsonString());
        }
    }

    public string ConfigDigest => TestLayer.GetDigest(Config);

    /// <summary>Three layers with some of everything.</summary>
    public static TestImage App() => new(
        TestLayer.Gzip(new TarBuilder()
            .Folder("etc").File("etc/passwd", "root:x:0:0").Folder("etc/ssl").File("etc/ssl/private.key", "SECRET-KEY-ONE")
            .Folder("bin").File("bin/tool", "#!tool", TarBuilder.ExecutableMode).Link("bin/alias", "tool")
            .File(".dockerenv", string.Empty).Folder("usr").Folder("usr/lib").File("usr/lib/libc.so", "ELF").Link("lib", "usr/lib")),
        TestLayer.Gzip(new TarBuilder()
            .Folder("app").File("app/server.key", "SECRET-KEY-TWO").File("app/Upper.KEY", "upper").HardLink("app/copy", "app/Upper.KEY")),
        TestLayer.Gzip(new TarBuilder().File("app/readme.txt", "hello").File("etc/passwd", "root:x:0:0:new")));
}
