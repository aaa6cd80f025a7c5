// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;

namespace OciPS;

/// <summary>The targets of one run, so that no image overwrites another one.</summary>
internal sealed class ExportTargets
{
    private readonly Dictionary<string, Target> _targets = new(
        OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    /// <summary>Reserves a target for an image; the same image may reserve it again, under another tag for example.</summary>
    /// <exception cref="InvalidInputException">The target is reserved for another image.</exception>
    public Target Claim(string name, ImageSource image)
    {
        Digest digest = image.Manifest.Content.Digest;
        if (!_targets.TryGetValue(name, out Target? target))
        {
            _targets[name] = target = new Target(digest, image.Reference);
        }

        return target.Image == digest
            ? target
            : throw new InvalidInputException(
                ErrorIds.ConflictingDestinations,
                $"'{image.Reference}' cannot be written to {name}: '{target.Reference}' is written there, which is another image. Give an "
                    + "existing folder, or export one image at a time.");
    }

    public sealed record Target(Digest Image, ImageReference Reference)
    {
        /// <summary>Whether it has been written.</summary>
        public bool IsWritten { get; set; }
    }
}
