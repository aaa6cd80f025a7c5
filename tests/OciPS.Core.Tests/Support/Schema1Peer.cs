// SPDX-License-Identifier: MIT

using System.Net.Http.Headers;
using System.Text.Json;

namespace OciPS.Core.Tests.Support;

/// <summary>Schema 1 manifests as skopeo and a real registry make them, and what skopeo makes of them again.</summary>
public sealed class Schema1Peer : IDisposable
{
    /// <summary>An empty tar, compressed: what stands for a layer without files in schema 1.</summary>
    public const string EmptyLayer = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

    private const string Schema1Type = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    private readonly TemporaryFolder _folder = new();
    private readonly DockerRegistry _registry = new() { TakesSchema1 = true };
    private readonly Lazy<IReadOnlyList<string>> _layers;

    public Schema1Peer() => _layers = new(Make);

    /// <summary>What the registry answers for a manifest.</summary>
    internal sealed record Answer(byte[] Bytes, string MediaType, string Digest);

    public string Host => _registry.Host;

    /// <summary>The digests of the two layers, oldest first.</summary>
    public IReadOnlyList<string> Layers => _layers.Value;

    /// <summary>What skopeo wrote into a folder, signed by skopeo.</summary>
    public byte[] SkopeosManifest => Read("schema1/manifest.json");

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// A manifest from the registry: <c>1</c> is as skopeo pushed it, in one line; <c>2</c> is made by the registry out of
    /// a schema 2 image, indented.
    /// </summary>
    internal Answer Ask(string tag)
    {
        Assert.NotEmpty(Layers);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Host}/v2/team/app/manifests/{tag}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Schema1Type));
        using HttpResponseMessage response = http.Send(request);
        using var bytes = new MemoryStream();
        response.EnsureSuccessStatusCode().Content.ReadAsStream().CopyTo(bytes);
        return new Answer(
            bytes.ToArray(),
            response.Content.Headers.ContentType!.MediaType!,
            response.Headers.GetValues("Docker-Content-Digest").Single());
    }

    /// <summary>The config that skopeo makes of a schema 1 manifest whose layers are among those here.</summary>
    public byte[] GetConfig(byte[] manifest)
    {
        Assert.NotEmpty(Layers);
        string name = Guid.NewGuid().ToString("N");
        _folder.Write($"{name}/version", "Directory Transport Version: 1.1\n"u8);
        foreach (string layer in Layers.Append(EmptyLayer))
        {
            File.Copy(Layer(layer), _folder[$"{name}/{Hex(layer)}"]);
        }

        _folder.Write($"{name}/manifest.json", manifest);
        Copy($"dir:{_folder[name]}", $"dir:{_folder[$"{name}-2"]}", "v2s2");
        using var converted = JsonDocument.Parse(Read($"{name}-2/manifest.json"));
        return Read($"{name}-2/{Hex(converted.RootElement.GetProperty("config").GetProperty("digest").GetString()!)}");
    }

    private static string Hex(string digest) => digest["sha256:".Length..];

    private static void Copy(string from, string to, string format) =>
        Tool.Run("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false", "--format", format, from, to);

    private string Layer(string digest) => _folder[$"schema1/{Hex(digest)}"];

    private byte[] Read(string name)
    {
        _ = _layers.Value;
        return File.ReadAllBytes(_folder[name]);
    }

    private string[] Make()
    {
        byte[][] tars = [
            new TarBuilder().Add("etc/a", Sample.Text(300)).ToBytes(), new TarBuilder().Add("etc/b", Sample.Text(500)).ToBytes()];
        byte[][] blobs = tars.Select(tar => Tool.Filter(tar, "gzip", "-nc")).ToArray();
        byte[] config = Json.Bytes($$$"""
            {"created":"2021-02-03T04:05:06.789Z","author":"me <me@example.com>","architecture":"arm","variant":"v7","os":"linux","docker_version":"20.10.1",
             "config":{"Env":["A=<é>&'\"","PATH=/bin"],"Cmd":["sh"],"Labels":{"x":"y"},"Volumes":null,"ExposedPorts":{"80/tcp":{} } },
             "container_config":{"Cmd":["/bin/sh","-c","#(nop) ","CMD [\"sh\"]"]},
             "rootfs":{"type":"layers","diff_ids":["sha256:{{{Sample.Hash(tars[0])}}}","sha256:{{{Sample.Hash(tars[1])}}}"]},
             "history":[
               {"created":"2021-02-03T04:05:03Z","created_by":"ADD a","author":"she"},
               {"created":"2021-02-03T04:05:04Z","created_by":"ENV A=<é>&'\"","comment":"a comment","empty_layer":true},
               {"created":"2021-02-03T04:05:05.5Z","created_by":"ADD b"},
               {"created":"2021-02-03T04:05:06.789Z","created_by":"CMD [\"sh\"]","empty_layer":true}]}
            """);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.docker.distribution.manifest.v2+json",
            config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = config.Length, digest = Put(config) },
            layers = blobs.Select(
                blob => new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = blob.Length, digest = Put(blob) }),
        });
        _folder.Write("schema2/manifest.json", manifest);
        Copy($"dir:{_folder["schema2"]}", $"dir:{_folder["schema1"]}", "v2s1");
        Copy($"dir:{_folder["schema2"]}", $"docker://{Host}/team/app:1", "v2s1");
        Copy($"dir:{_folder["schema2"]}", $"docker://{Host}/team/app:2", "v2s2");
        return blobs.Select(blob => "sha256:" + Sample.Hash(blob)).ToArray();
    }

    private string Put(byte[] blob)
    {
        string hex = Sample.Hash(blob);
        _folder.Write($"schema2/{hex}", blob);
        return "sha256:" + hex;
    }
}
