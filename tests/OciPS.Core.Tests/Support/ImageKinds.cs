// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace OciPS.Core.Tests.Support;

/// <summary>One image of every kind.</summary>
internal static class ImageKinds
{
    public const string FourPlatforms = "four platforms";
    public const string NestedIndex = "nested index";
    public const string OciImage = "OCI image";
    public const string DockerImage = "Docker image";
    public const string DockerList = "Docker list";
    public const string Artifact = "artifact";
    public const string InToto = "in-toto";
    public const string Sha512 = "SHA-512";

    /// <summary>Those that registries take.</summary>
    public static readonly TheoryData<string> ForRegistries = [
        FourPlatforms, NestedIndex, OciImage, DockerImage, DockerList, Artifact, InToto];

    public static readonly TheoryData<string> All = [
        FourPlatforms, NestedIndex, OciImage, DockerImage, DockerList, Artifact, InToto, Sha512];

    /// <summary>Writes an image into a layout under a tag, and gives its digest.</summary>
    public static string Write(LayoutImages images, string kind, string tag) => images.Tag(tag, Make(images, kind));

    private static JsonObject Make(LayoutImages images, string kind) => kind switch
    {
        FourPlatforms => images.FourPlatforms(),
        NestedIndex => Nested(images),
        OciImage => images.Image("linux/arm64/v8", [images.Layer(("bin/app", "one")), images.Layer(("etc/conf", "two"))]),
        DockerImage => Docker(images, "linux/amd64"),
        DockerList => images.IndexOf(LayoutImages.DockerListType, Docker(images, "linux/amd64"), Docker(images, "linux/arm/v7")),
        Artifact => images.Artifact(),
        InToto => images.Attestation(images.Image("linux/amd64", [])),
        Sha512 => WithSha512(images),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static JsonObject Docker(LayoutImages images, string platform) =>
        images.Image(platform, [images.GetLayer(LayoutImages.DockerLayerType, ("bin/app", platform))], docker: true);

    private static JsonObject Nested(LayoutImages images)
    {
        JsonObject shared = images.Layer(("etc/shared", "shared"));
        JsonObject Own(string platform) => images.Image(platform, [shared, images.Layer(("bin/app", platform))]);
        JsonObject amd64 = Own("linux/amd64");
        return images.Index(
            images.Index(amd64, Own("linux/arm64/v8"), images.Attestation(amd64)), images.Index(Own("windows/amd64:10.0.20348.1")));
    }

    /// <summary>An index whose one image has a manifest, a config and a layer that are named by their SHA-512.</summary>
    private static JsonObject WithSha512(LayoutImages images)
    {
        JsonObject source = images.Image("linux/amd64", [images.Layer(("bin/app", "long digests"))]);
        JsonObject manifest = images.Json(LayoutImages.Digest(source));
        Rename(images, manifest["config"]!.AsObject());
        Rename(images, manifest["layers"]![0]!.AsObject());
        JsonObject image = images.Put(manifest, LayoutImages.ManifestType);
        Rename(images, image);
        image["platform"] = source["platform"]!.DeepClone();
        return images.Index(image);
    }

    private static void Rename(LayoutImages images, JsonObject descriptor)
    {
        string digest = LayoutImages.Digest(descriptor);
        string hex = Convert.ToHexStringLower(SHA512.HashData(images.Blob(digest)));
        Directory.CreateDirectory(Path.Combine(images.Folder, "blobs", "sha512"));
        File.Move(images.BlobPath(digest), Path.Combine(images.Folder, "blobs", "sha512", hex));
        descriptor["digest"] = "sha512:" + hex;
    }
}
