// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Core.Tests.References;

/// <summary>References to registries; what stands for a path on disk is in the other part.</summary>
public sealed partial class ReferenceParserTests
{
    private const string Sha256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Sha512 =
        "sha512:"
        + "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("localhost")]
    [InlineData("docker://localhost:80")]
    [InlineData("127.0.0.1:34567")]
    [InlineData("[::1]:5000")]
    [InlineData("[::1]")]
    [InlineData("registry.example.com")]
    [InlineData("registry.example.com:443")]
    [InlineData("registry.example.com:1.0")]
    [InlineData("build01:5000")]
    [InlineData("build01:443")]
    [InlineData("registry.example.com@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Parse_RegistryWithoutARepository_IsAnErrorAndNoImageOfDockerHub(string text)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => ImageReference.Parse(text));

        Assert.Equal("InvalidReference", error.ErrorId);
        Assert.Contains("/REPO:TAG", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my.app:1", "docker.io/library/my.app:1")]
    [InlineData("localhost:5000", "docker.io/library/localhost:5000")]
    [InlineData("example.com/app:1", "example.com/app:1")]
    public void ParseName_NameOfAnImageInATarball_MayHaveADot(string name, string expected) =>
        Assert.Equal(expected, ReferenceParser.ParseName(name).ToString());

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("nginx:1", "docker.io/library/nginx:1")]
    [InlineData("ubuntu:2204", "docker.io/library/ubuntu:2204")]
    [InlineData("archlinux:20240101", "docker.io/library/archlinux:20240101")]
    [InlineData("docker.io/library/build01:5000", "docker.io/library/build01:5000")]
    [InlineData("team/app:5000", "docker.io/team/app:5000")]
    public void Parse_NameThatIsNoHost_IsAnImageOfDockerHub(string text, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(text).ToString());

    [Theory]
    [InlineData("nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("nginx:1.27", "docker.io", "library/nginx", "1.27")]
    [InlineData("docker.io/nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("docker.io/library/nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("index.docker.io/nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("registry-1.docker.io/library/nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("docker://nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("grafana/grafana:11", "docker.io", "grafana/grafana", "11")]
    [InlineData("team/group/app", "docker.io", "team/group/app", "latest")]
    [InlineData("localhost/app", "localhost", "app", "latest")]
    [InlineData("localhost:5000/app:v1", "localhost:5000", "app", "v1")]
    [InlineData("registry:5000/app", "registry:5000", "app", "latest")]
    [InlineData("registry.example.com/team/app", "registry.example.com", "team/app", "latest")]
    [InlineData("docker://registry.example.com:8443/team/app:v1.2_3-x", "registry.example.com:8443", "team/app", "v1.2_3-x")]
    [InlineData("127.0.0.1:5000/app", "127.0.0.1:5000", "app", "latest")]
    [InlineData("[::1]/app", "[::1]", "app", "latest")]
    [InlineData("[::1]:5000/app:v1", "[::1]:5000", "app", "v1")]
    [InlineData("[2001:db8::a:1]:5000/team/app", "[2001:db8::a:1]:5000", "team/app", "latest")]
    [InlineData("[::ffff:10.0.0.1]/app", "[::ffff:10.0.0.1]", "app", "latest")]
    [InlineData("REGISTRY/app", "REGISTRY", "app", "latest")]
    [InlineData("xn--bcher-kva.example/app", "xn--bcher-kva.example", "app", "latest")]
    [InlineData("a.b/c__d/e.f/g_h/i--j/k---l", "a.b", "c__d/e.f/g_h/i--j/k---l", "latest")]
    [InlineData("app:_1", "docker.io", "library/app", "_1")]
    public void Parse_RegistryAndTag_FillsInDefaults(string text, string registry, string repository, string tag)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal(Transport.Registry, reference.Transport);
        Assert.Equal(registry, reference.Registry);
        Assert.Equal(repository, reference.Repository);
        Assert.Equal(tag, reference.Tag);
        Assert.Null(reference.Digest);
        Assert.Equal(string.Empty, reference.Path);
        Assert.Equal($"{registry}/{repository}:{tag}", reference.ToString());
    }

    [Theory]
    [InlineData("nginx@" + Sha256, "docker.io", "library/nginx", null, Sha256)]
    [InlineData("nginx:1.27@" + Sha256, "docker.io", "library/nginx", "1.27", Sha256)]
    [InlineData("docker://[::1]:5000/team/app:v1@" + Sha256, "[::1]:5000", "team/app", "v1", Sha256)]
    [InlineData("registry.example.com/app@" + Sha512, "registry.example.com", "app", null, Sha512)]
    public void Parse_Digest_KeepsTheTagAndAddsNone(string text, string registry, string repository, string? tag, string digest)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal(registry, reference.Registry);
        Assert.Equal(repository, reference.Repository);
        Assert.Equal(tag, reference.Tag);
        Assert.Equal(digest, reference.Digest.ToString());
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("localhost:5000/app:v1@" + Sha256)]
    [InlineData("[::1]:5000/team/app@" + Sha512)]
    [InlineData("oci:/srv/none:a/b:c")]
    [InlineData("oci:/srv/none@" + Sha256)]
    [InlineData("oci:/srv/none:tag@" + Sha256)]
    [InlineData("oci-archive:/srv/none.tar:tag@" + Sha256)]
    [InlineData("dir:/srv/none:a b")]
    [InlineData("docker-archive:/srv/none.tar:docker.io/library/app:v1")]
    public void Parse_ItsOwnText_IsTheSameReference(string text)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("docker://")]
    [InlineData("docker:///app")]
    [InlineData("/app")]
    [InlineData("app/")]
    [InlineData("app:")]
    [InlineData("app@")]
    [InlineData("app:@" + Sha256)]
    [InlineData("app@" + Sha256 + "0")]
    [InlineData("app@sha256:abc")]
    [InlineData("app@latest")]
    [InlineData("app@" + Sha256 + ":v1")]
    [InlineData("app@" + Sha256 + "@" + Sha256)]
    [InlineData("app@md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("@" + Sha256)]
    [InlineData("App")]
    [InlineData("registry.example.com/Team/app")]
    [InlineData("registry.example.com/")]
    [InlineData("registry.example.com//app")]
    [InlineData("registry.example.com/../app")]
    [InlineData("registry.example.com/app/..")]
    [InlineData("registry.example.com/./app")]
    [InlineData("app name")]
    [InlineData(" app")]
    [InlineData("app\n")]
    [InlineData("app:v1\n")]
    [InlineData("app:v 1")]
    [InlineData("app:.v1")]
    [InlineData("app:-v1")]
    [InlineData("app:v1:v2")]
    [InlineData("app:v1/x")]
    [InlineData("app:größe")]
    [InlineData("größe")]
    [InlineData("-app")]
    [InlineData("app-")]
    [InlineData("a___b")]
    [InlineData("a..b/c")]
    [InlineData("a._b")]
    [InlineData("host:port/app")]
    [InlineData("host:/app")]
    [InlineData("host:123456/app")]
    [InlineData("-host.example/app")]
    [InlineData("host_name.example/app")]
    [InlineData("user@host.example/app")]
    [InlineData("user:secret@host.example/app")]
    [InlineData("https://host.example/app")]
    [InlineData("http://localhost:5000/app")]
    [InlineData("[::1/app")]
    [InlineData("::1/app")]
    [InlineData("[::g]/app")]
    [InlineData("host.example?x/app")]
    [InlineData("host.example/app?x=1")]
    [InlineData("host.example/app#x")]
    [InlineData("host.example/app%2fx")]
    public void Parse_NoReference_Throws(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => ImageReference.Parse(text));

        Assert.Equal("InvalidReference", error.ErrorId);
        Assert.Contains(
            $"'{text.Replace("\n", "\\u000a", StringComparison.Ordinal)}' is not an image reference",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Null_Throws() =>
        Assert.Equal("InvalidReference", Assert.Throws<InvalidInputException>(() => ImageReference.Parse(null!)).ErrorId);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Parse_LongTag_TakesUpTo128(int length, bool isValid) => AssertValid("app:" + new string('v', length), isValid);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Parse_LongName_TakesUpTo255(int length, bool isValid) =>
        AssertValid("host.example/" + new string('a', length - "host.example/".Length), isValid);

    [Fact]
    public async Task Parse_LongBadNames_AreRefusedWithoutBacktracking()
    {
        // Patterns that backtrack would take hours over these; what ends takes milliseconds.
        string host = string.Concat(Enumerable.Repeat("a-", 2000));
        string repository = string.Concat(Enumerable.Repeat("a-_", 2000)) + "a__-";

        string[] names = [$"{host}.example/app", repository, new string('a', 5000) + "!"];
        Task parsing = Task.Run(() => Array.ForEach(names, name => AssertValid(name, isValid: false)));

        await parsing.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static void AssertValid(string text, bool isValid)
    {
        Exception? error = Record.Exception(() => ImageReference.Parse(text));
        if (isValid)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.Equal("InvalidReference", Assert.IsType<InvalidInputException>(error).ErrorId);
        }
    }
}
