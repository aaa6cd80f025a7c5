// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

public sealed class ImageConfigTests
{
    [Fact]
    public void Parse_AllFields_ReadsThem()
    {
        byte[] bytes = Json.Bytes("""
            {"architecture":"arm64","os":"linux","variant":"v8","os.version":"1","os.features":["a"],"rootfs":{"type":"layers","diff_ids":["sha256:1","sha256:2"]},
             "history":[{"created_by":"a"},{"empty_layer":true},{"empty_layer":false},{"empty_layer":"true"}]}
            """);

        ImageConfig config = ImageConfig.Parse(bytes, "The config");

        Assert.Equal("linux/arm64/v8:1", config.Platform.ToString());
        Assert.Equal(["sha256:1", "sha256:2"], config.DiffIds!);
        Assert.Equal(3, config.NonEmptyHistoryCount);
        Assert.True(config.Bytes.Equals(bytes));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"rootfs":null,"history":null}""")]
    [InlineData("""{"rootfs":[],"history":[]}""")]
    public void Parse_NoRootFs_HasNoDiffIds(string json)
    {
        ImageConfig config = ImageConfig.Parse(Json.Bytes(json), "The config");

        Assert.Null(config.DiffIds);
        Assert.Equal(0, config.NonEmptyHistoryCount);
        Assert.Equal("", config.Platform.ToString());
    }

    [Theory]
    [InlineData("""{"rootfs":{}}""")]
    [InlineData("""{"rootfs":{"diff_ids":null}}""")]
    public void Parse_RootFsWithoutDiffIds_HasNone(string json) => Assert.Empty(ImageConfig.Parse(Json.Bytes(json), "The config").DiffIds!);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{]")]
    [InlineData("\u0000")]
    public void Parse_NoConfig_Throws(string json) =>
        Json.ExpectInvalid("InvalidConfig", "The config", () => ImageConfig.Parse(Json.Bytes(json), "The config"));

    [Theory]
    [InlineData("""{"os":7}""", "'os'")]
    [InlineData("""{"os":"\ud800"}""", "not Unicode")]
    [InlineData("""{"history":{}}""", "'history'")]
    [InlineData("""{"rootfs":{"diff_ids":"x"}}""", "'diff_ids'")]
    [InlineData("""{"rootfs":{"diff_ids":[7]}}""", "'diff_ids'")]
    public void Parse_BadField_SaysWhich(string json, string mentions)
    {
        var error = Assert.Throws<InvalidContentException>(() => ImageConfig.Parse(Json.Bytes(json), "The config"));

        Assert.Contains(mentions, error.Message, StringComparison.Ordinal);
    }
}
