// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What Remove-OciImageFile tells and asks before it writes.</summary>
public sealed class RemoveConfirmationTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _digest;

    public RemoveConfirmationTests() => _digest = Source.Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    private Layout Source => _engine.Layout("images");

    private Layout Out => _engine.Layout("out");

    [Fact]
    public void WhatIf_FilesMatch_NamesFilesLayersAndBytes()
    {
        string[] before = Source.Snapshot();

        Assert.Empty(_engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:app -WhatIf"));

        string reference = $"oci:{_engine.GetPath("images")}:app";
        IReadOnlyList<PSObject> layers = _engine.Run("(Get-OciManifest oci:images:app).Layers");
        Assert.Equal(
            [
                $"What if: Removing 2 files (28 bytes) from 2 of 3 layers of '{reference}', writing to 'oci:{_engine.GetPath("out")}:app':",
                "  layer 0: etc/ssl/private.key (14 bytes)",
                "  layer 1: app/server.key (14 bytes)",
                .. layers.Select((layer, i) =>
                    $"  layer {i} ({layer.Text("Digest")[7..19]}, {layer.Value("Size")} B) {(i < 2 ? "is rewritten" : "stays as it is")}"),
                string.Empty,
            ],
            _engine.Host.Lines);
        Assert.False(Out.Exists);
        Assert.Equal(before, Source.Snapshot());
    }

    [Fact]
    public void WhatIf_SourceAsDestination_WritesAndAsksNothing()
    {
        string[] before = Source.Snapshot();

        Assert.Empty(_engine.Run("Get-OciImageFile oci:images:app -Path *.KEY | Remove-OciImageFile -WhatIf"));

        Assert.Contains("  layer 1: app/copy takes over the content of 'app/Upper.KEY'", _engine.Host.Lines);
        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(before, Source.Snapshot());
    }

    [Fact]
    public void WhatIf_NothingMatches_SaysSo()
    {
        _engine.Run("Remove-OciImageFile oci:images:app -Path *.none -Destination oci:out:app -WhatIf");

        Assert.StartsWith("What if: Nothing in 'oci:", _engine.Host.Lines[0], StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("No", false)]
    public void Confirm_Answered_DoesAsTold(string answer, bool written)
    {
        _engine.Host.Answers.Enqueue(answer);

        _engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:app -Confirm");

        string question = Assert.Single(_engine.Host.Questions);
        Assert.Contains("layer 1: app/server.key (14 bytes)", question, StringComparison.Ordinal);
        Assert.Equal(written, Out.Exists);
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("No", false)]
    public void SourceAsDestination_WithoutForce_IsAsked(string answer, bool written)
    {
        _engine.Host.Answers.Enqueue(answer);

        IReadOnlyList<PSObject> images = _engine.Run("Remove-OciImageFile oci:images:app -Path *.key");

        string question = Assert.Single(_engine.Host.Questions);
        Assert.Contains($"oci:{_engine.GetPath("images")}:app", question, StringComparison.Ordinal);
        Assert.Contains("layer 1: app/server.key (14 bytes)", question, StringComparison.Ordinal);
        Assert.Equal(written ? 1 : 0, images.Count);
        Assert.Equal(written, _digest != Source.GetDigest("app"));
    }

    [Fact]
    public void SourceAsDestinationBySpelling_WithoutForce_IsAsked()
    {
        _engine.Host.Answers.Enqueue("No");

        _engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:./images/../images:app");

        Assert.Single(_engine.Host.Questions);
        Assert.Equal(_digest, Source.GetDigest("app"));
    }

    [Fact]
    public void SourceAsDestination_WithForce_IsReplacedUnasked()
    {
        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Force"));

        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(image.Text("Digest"), Source.GetDigest("app"));
        Assert.Equal(["app"], Source.Tags);
        Assert.False(Source.Contains("app", "SECRET"));
        Assert.Equal(_digest, Assert.Single(_engine.Run("Get-OciManifest $args", $"oci:images@{_digest}")).Text("Digest"));
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:images:other")]
    [InlineData("Remove-OciImageFile oci:images:app -Path *.none")]
    public void Unasked_OtherTagOrNothingToDo_GoesOn(string script)
    {
        Assert.Single(_engine.Run(script));

        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(_digest, Source.GetDigest("app"));
    }

    [Theory]
    [InlineData("Low")]
    [InlineData("Medium")]
    public void SourceAsDestination_PreferenceThatAsks_IsAskedOnce(string preference)
    {
        _engine.Host.Answers.Enqueue("Yes");

        Assert.Single(_engine.Run("$ConfirmPreference = $args[0]; Remove-OciImageFile oci:images:app -Path *.key", preference));

        Assert.Contains("gets the new image", Assert.Single(_engine.Host.Questions), StringComparison.Ordinal);
    }

    [Fact]
    public void SourceAsDestination_PreferenceThatNeverAsks_IsAskedWhetherThatIsMeant()
    {
        _engine.Host.Answers.Enqueue("No");

        Assert.Empty(_engine.Run("$ConfirmPreference = 'None'; Remove-OciImageFile oci:images:app -Path *.key"));

        Assert.Single(_engine.Host.Questions);
        Assert.Equal(_digest, Source.GetDigest("app"));
    }

    [Fact]
    public void SourceAsDestination_YesToAll_IsAskedOnce()
    {
        Source.Add("other", TestImage.App());
        _engine.Host.Answers.Enqueue("Yes to All");

        Assert.Equal(2, _engine.Run("'oci:images:app', 'oci:images:other' | Remove-OciImageFile -Path *.key").Count);

        Assert.Single(_engine.Host.Questions);
    }

    [Fact]
    public void SourceAsDestination_WithConfirm_IsAskedOnceForEachImage()
    {
        Source.Add("other", TestImage.App());
        _engine.Host.Answers.Enqueue("Yes");
        _engine.Host.Answers.Enqueue("No");

        Assert.Single(_engine.Run("'oci:images:app', 'oci:images:other' | Remove-OciImageFile -Path *.key -Confirm"));

        Assert.Equal(2, _engine.Host.Questions.Count);
        Assert.All(_engine.Host.Questions, question => Assert.Contains("itself gets the new image", question, StringComparison.Ordinal));
    }

    [Fact]
    public void Destination_Missing_OfWhatCannotBeReplacedIsError()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));

        foreach (string reference in new[] { "docker-archive:app.tar", $"oci:images@{_digest}" })
        {
            _engine.Invoke(
                "Remove-OciImageFile $args -Path *.key -Force",
                reference).Error.ShouldBe("InvalidDestination", ErrorCategory.InvalidArgument, reference);
        }
    }
}
