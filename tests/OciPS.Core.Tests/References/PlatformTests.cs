// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Core.Tests.References;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux", "amd64", null, null, "linux/amd64")]
    [InlineData("linux", "arm64", "v8", null, "linux/arm64/v8")]
    [InlineData("linux", "arm64", "", "", "linux/arm64")]
    [InlineData("windows", "amd64", null, "10.0.20348.2113", "windows/amd64:10.0.20348.2113")]
    [InlineData("linux", "arm", "v7", "5", "linux/arm/v7:5")]
    public void ToString_ItsParts_AreJoined(string os, string architecture, string? variant, string? version, string expected) =>
        Assert.Equal(expected, new Platform(os, architecture) { Variant = variant, OSVersion = version }.ToString());

    [Fact]
    public void Default_ThisMachine_IsLinux()
    {
        Assert.Equal("linux", Platform.Default.OS);
        Assert.Matches("^[a-z0-9]+$", Platform.Default.Architecture);
    }
}
