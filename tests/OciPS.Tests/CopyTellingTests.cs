// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What Copy-OciImage tells and asks.</summary>
public sealed class CopyTellingTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public CopyTellingTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    [Fact]
    public void WhatIf_Index_SaysWhatAndWritesNothing()
    {
        string[] before = _engine.Layout("images").Snapshot();

        Assert.Empty(
            _engine.Run(
                "Copy-OciImage oci:images:multi oci:images:other -Platform linux/* -WhatIf; Copy-OciImage oci:images:single oci:out:x "
                    + "-Format Docker -WhatIf"));

        string images = $"oci:{_engine.GetPath("images")}";
        Assert.Equal(
            [
                $"What if: Performing the operation \"Copy '{images}:multi' (3 of 4 images)\" on target \"{images}:other\".",
                $"What if: Performing the operation \"Copy '{images}:single'\" on target \"oci:{_engine.GetPath("out")}:x\".",
                string.Empty,
            ],
            _engine.Host.Lines);
        Assert.False(Out.Exists);
        Assert.Equal(before, _engine.Layout("images").Snapshot());
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("No", false)]
    public void Confirm_Answered_DoesAsTold(string answer, bool written)
    {
        _engine.Host.Answers.Enqueue(answer);

        Assert.Equal(written ? 1 : 0, _engine.Run("Copy-OciImage oci:images:single oci:out:x -Confirm").Count);

        Assert.Contains($"Copy 'oci:{_engine.GetPath("images")}:single'", Assert.Single(_engine.Host.Questions), StringComparison.Ordinal);
        Assert.Equal(written, Out.Exists);
    }

    [Fact]
    public void Verbose_DockerManifestIntoLayout_IsTold()
    {
        _engine.Run("Copy-OciImage oci:images:single oci:docker:x -Format Docker");

        Result kept = _engine.Invoke("Copy-OciImage oci:docker:x oci:out:x -Verbose");
        Result made = _engine.Invoke("Copy-OciImage oci:images:single oci:out:y -Format Docker -Verbose");
        Result converted = _engine.Invoke("Copy-OciImage oci:docker:x oci:out:z -Format Oci -Verbose");

        Assert.Single(kept.Verbose, message => message.Contains(
            "gets a Docker manifest", StringComparison.Ordinal) && message.Contains("-Format Oci", StringComparison.Ordinal));
        Assert.DoesNotContain(made.Verbose, message => message.Contains("as the source has it", StringComparison.Ordinal));
        Assert.DoesNotContain(converted.Verbose, message => message.Contains("Docker manifest", StringComparison.Ordinal));
        Assert.Contains(kept.Verbose, message => message.Contains("was written to", StringComparison.Ordinal));
    }
}
