// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Core.Tests.Support;

/// <summary>What Python finds in a layout below a digest; it also checks every digest, size and diffID on the way.</summary>
internal static class LayoutPeer
{
    private const string Script =
        """
        import gzip, hashlib, io, json, os, sys, tarfile
        root, digest, text = sys.argv[1:4]
        images, holding = [], []
        def load(d):
            with open(os.path.join(root, 'blobs', *d['digest'].split(':')), 'rb') as f: data = f.read()
            assert 'sha256:' + hashlib.sha256(data).hexdigest() == d['digest'], d
            assert 'size' not in d or len(data) == d['size'], d
            plain = gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data
            if text and text.encode() in plain: holding.append(d['digest'])
            return plain
        def entries(plain):
            with tarfile.open(fileobj=io.BytesIO(plain), mode='r:') as tar:
                return [f'{e.name}->{e.linkname}' if e.islnk() else f'{e.name}={tar.extractfile(e).read().decode()}' for e in tar]
        def walk(d):
            document = json.loads(load(d))
            for child in document.get('manifests', []): walk(child)
            if 'layers' not in document: return
            config = load(document['config'])
            config = json.loads(config) if document['config'].get('mediaType', '').endswith(('image.config.v1+json', 'container.image.v1+json')) else {}
            layers = []
            for i, layer in enumerate(document['layers']):
                if layer.get('urls'): layers.append(None); continue
                plain = load(layer)
                if 'rootfs' not in layer['mediaType'] and 'image.layer' not in layer['mediaType']: layers.append(None); continue
                layers.append(entries(plain))
                if config: assert config['rootfs']['diff_ids'][i] == 'sha256:' + hashlib.sha256(plain).hexdigest(), layer
            platform = '/'.join(str(config[k]) for k in ('os', 'architecture', 'variant') if k in config)
            images.append(dict(Platform=platform, Digest=d['digest'], Layers=layers, LayerDigests=[layer['digest'] for layer in document['layers']]))
        walk({'digest': digest})
        json.dump(dict(Images=images, Holding=holding), sys.stdout)
        """;

    /// <summary>What was found.</summary>
    /// <param name="Images">All images, in their order.</param>
    /// <param name="Holding">The blobs that have the text that was looked for in them, compressed or not.</param>
    public sealed record Found(Image[] Images, string[] Holding);

    /// <summary>
    /// An image: of each layer its entries (<c>name=content</c> or <c>name->target</c>), null where it is none of an image or not there.
    /// </summary>
    public sealed record Image(string Platform, string Digest, string[]?[] Layers, string[] LayerDigests);

    public static Found Read(string folder, string digest, string text = "") =>
        JsonSerializer.Deserialize<Found>(Tool.Run("python3", "-c", Script, folder, digest, text))!;

    /// <summary>The entries of an image whose layers can all be read.</summary>
    public static string[][] Entries(string folder, string digest) => Assert.Single(Read(folder, digest).Images).Layers!;
}
