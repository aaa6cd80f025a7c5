// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;

namespace OciPS.Core.Tests.Support;

/// <summary>Reads and writes a repository by plain HTTP requests, as anybody may, without the module.</summary>
internal sealed class RegistryPeer(string host, string repository) : IDisposable
{
    private static readonly string[] s_everything =
        [LayoutImages.IndexType, LayoutImages.DockerListType, LayoutImages.ManifestType, LayoutImages.DockerManifestType];

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{host}/v2/{repository}/") };

    public void Dispose() => _http.Dispose();

    /// <summary>What the registry answers for a tag or a digest; null if that is not there.</summary>
    public byte[]? Find(string name, params string[] accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "manifests/" + name);
        foreach (string mediaType in accept.Length > 0 ? accept : s_everything)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        }

        using HttpResponseMessage response = _http.Send(request);
        return response.StatusCode == HttpStatusCode.NotFound ? null : Read(response);
    }

    public byte[] Manifest(string name, params string[] accept) =>
        Find(name, accept) ?? throw new InvalidOperationException($"{repository} has no {name}.");

    /// <summary>What a tag or a digest stands for, with all that belongs to it.</summary>
    public ImageParts Parts(string name) => new(LayoutImages.GetDigest(Manifest(name)), digest => Manifest(digest), Blob);

    /// <summary>Puts an image out of a layout into the repository.</summary>
    public void Push(string layout, string digest, string tag)
    {
        foreach (ImageParts.Part part in ImageParts.FromLayout(layout, digest).All)
        {
            if (part.IsManifest)
            {
                Put(part.Digest == digest ? tag : part.Digest, part.Bytes, part.MediaType!);
            }
            else
            {
                PutBlob(part);
            }
        }
    }

    public void Put(string name, byte[] manifest, string mediaType) => Send(HttpMethod.Put, "manifests/" + name, manifest, mediaType);

    private byte[] Blob(string digest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "blobs/" + digest);
        using HttpResponseMessage response = _http.Send(request);
        return Read(response);
    }

    private void PutBlob(ImageParts.Part part)
    {
        Uri upload = Send(HttpMethod.Post, "blobs/uploads/", [], "application/octet-stream")!;
        string address = new Uri(_http.BaseAddress!, upload).AbsoluteUri;
        Send(
            HttpMethod.Put,
            $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={part.Digest}",
            part.Bytes,
            "application/octet-stream");
    }

    private Uri? Send(HttpMethod method, string path, byte[] body, string mediaType)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using HttpResponseMessage response = _http.Send(request);
        Read(response);
        return response.Headers.Location;
    }

    private static byte[] Read(HttpResponseMessage response)
    {
        using var bytes = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(bytes);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {System.Text.Encoding.UTF8.GetString(bytes.ToArray())}");
        return bytes.ToArray();
    }
}
