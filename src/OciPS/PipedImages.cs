// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Files that came down the pipeline, gathered by image, so that each image is written once.</summary>
internal sealed class PipedImages
{
    private readonly Dictionary<string, PipedImage> _images = new(StringComparer.Ordinal);
    private readonly InputAccount _strangers = new();

    /// <summary>The images, by reference, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, PipedImage> Images => _images;

    /// <summary>Takes a file of an image.</summary>
    /// <exception cref="InvalidInputException">It is a whiteout.</exception>
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

    /// <summary>Takes note of an item that is no file of an image.</summary>
    public void Refuse(PSObject? item)
    {
        _strangers.Add(item);
    }

    /// <summary>One error for all that was no file of an image; null if everything was.</summary>
    public ErrorRecord? ToError() => _strangers.ToError();
}
