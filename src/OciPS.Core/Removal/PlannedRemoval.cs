// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Images;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>A scanned image, and the plan for removing the selected files.</summary>
/// <param name="Scan">The scan.</param>
/// <param name="Plan">The plan.</param>
internal sealed record PlannedRemoval(ImageScan Scan, RemovalPlan Plan)
{
    public ImageReference Reference => Scan.Reference;

    public ManifestNode Node => Scan.Node;

    public IReadOnlyList<ImageFile> RemovedFiles => ToFiles(Plan.Removed);

    public IReadOnlyList<ImageFile> PromotedFiles => ToFiles(Plan.Promoted);

    private ImageFile[] ToFiles(IReadOnlyList<(int Layer, TarEntry Entry)> entries) =>
        entries.Select(file => new ImageFile(Scan.Session, Reference, Node.Manifest.Layers, file.Layer, file.Entry)
        {
            Platform = Node.Entry.Platform?.ToString(),
            Manifest = Node.Digest,
        }).ToArray();
}
