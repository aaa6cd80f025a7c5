// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Files from the pipeline, collected by image, so that each image is written once.</summary>
internal sealed class PipedImages
{
    private readonly Dictionary<string, PipedImage> _images = new(StringComparer.Ordinal);
    private readonly InputAccount _strangers = new();

    /// <summary>The images by reference, in order of appearance.</summary>
    public IReadOnlyDictionary<string, PipedImage> Images => _images;

    /// <summary>Adds a file of an image.</summary>
    /// <exception cref="InvalidInputException">The file is a whiteout.</exception>
    public void Add(string reference, string path, string? type, string? destination)
    {
        if (type == nameof(OciFileType.Whiteout))
        {
            throw new InvalidInputException(
                ErrorIds.UnsupportedFileType, $"'{Tar.ShownPath.Show(path)}' is a whiteout, not a file; it stays.");
        }

        if (!_images.TryGetValue(reference, out PipedImage? image))
        {
            _images[reference] = image = new PipedImage(destination);
        }

        image.Add(path, destination);
    }

    /// <summary>Records an item that is not a file of an image.</summary>
    public void Refuse(PSObject? item)
    {
        _strangers.Add(item);
    }

    /// <summary>One error for all items that are not files of an image; null if there are none.</summary>
    public ErrorRecord? ToError() => _strangers.ToError();
}
