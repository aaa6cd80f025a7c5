// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS;

/// <summary>Restores a file of an image from its properties; its content is found by layer digest and path.</summary>
internal static class SavedFile
{
    // More layers than any image has.
    private const int MaximumLayers = 10_000;

    public static OciImageFile? Restore(SavedObject saved)
    {
        long layer = saved.Number(nameof(OciImageFile.LayerIndex));
        string name = saved.Text(nameof(OciImageFile.FullName));
        if (name.Length == 0
            || layer is < 0 or > MaximumLayers
            || !Digest.TryParse(saved.Text(nameof(OciImageFile.LayerDigest)), out Digest digest)
            || ParseReference(saved.Text(nameof(OciImageFile.Reference))) is not { } image)
        {
            return null;
        }

        var entry = new TarEntry
        {
            Name = name,
            Type = Enum.TryParse(saved.Text(nameof(OciImageFile.Type)), out TarEntryType type) ? type : TarEntryType.Other,
            Size = saved.Number(nameof(OciImageFile.Size)),
            Mode = ParseMode(saved.Text(nameof(OciImageFile.Mode))),
            Uid = saved.Number(nameof(OciImageFile.Uid)),
            Gid = saved.Number(nameof(OciImageFile.Gid)),
            LastWriteTime = ParseTime(saved.Date(nameof(OciImageFile.LastWriteTime))),
            LinkTarget = saved.Text(nameof(OciImageFile.LinkTarget)),
            Ordinal = -1,
            Start = -1,
            ContentStart = -1,
            StoredSize = 0,
        };
        Descriptor[] layers = [.. Enumerable.Repeat(Descriptor.WithUnknownSize(MediaTypes.OciLayerGzip, digest), (int)layer + 1)];
        return new OciImageFile(new ImageFile(ModuleSession.Current, image, layers, (int)layer, entry)
        {
            Platform = saved.OptionalText(nameof(OciImageFile.Platform)),
            Manifest = ParseReference(saved.Text(nameof(OciImageFile.DigestReference)))?.Digest,
            Source = token => ImageFileFinder.OpenAsync(ModuleSession.Current, image, digest, (int)layer, name, token),
        });
    }

    // The paths in output references are absolute.
    private static ImageReference? ParseReference(string text)
    {
        try
        {
            return ImageReference.Parse(text, path => path);
        }
        catch (OciException)
        {
            return null;
        }
    }

    public static int ParseMode(string octal)
    {
        int mode = 0;
        foreach (char digit in octal)
        {
            if (digit is < '0' or > '7' || mode > 0xFFF)
            {
                return 0;
            }

            mode = (mode << 3) | (digit - '0');
        }

        return mode;
    }

    private static DateTimeOffset ParseTime(DateTime? time) =>
        time is { } known && known.Year is > 1 and < 9999 ? new DateTimeOffset(known) : DateTimeOffset.UnixEpoch;
}
