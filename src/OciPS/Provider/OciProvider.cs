// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Provider;
using OciPS.Files;
using OciPS.References;

namespace OciPS.Provider;

/// <summary>Read-only drives over images: the folders, files and contents as a container sees them.</summary>
/// <remarks>Documented in about_OciPS_Provider.</remarks>
[CmdletProvider("Oci", ProviderCapabilities.Filter | ProviderCapabilities.ShouldProcess)]
public sealed partial class OciProvider : NavigationCmdletProvider, IContentCmdletProvider
{
    private readonly ProviderWork _work;

    /// <summary>Called by PowerShell for each command.</summary>
    public OciProvider() => _work = new ProviderWork(this);

    /// <inheritdoc/>
    protected override void StopProcessing() => _work.Stop();

    /// <inheritdoc/>
    protected override object NewDriveDynamicParameters() => new NewDriveParameters();

    /// <inheritdoc/>
    protected override PSDriveInfo? NewDrive(PSDriveInfo drive)
    {
        ArgumentNullException.ThrowIfNull(drive);
        IReadOnlyList<string> platforms = (DynamicParameters as NewDriveParameters)?.Platform is { } platform ? [platform] : [];
        try
        {
            IReadOnlyList<PlatformPattern> patterns = PlatformPatterns.Parse(platforms);
            ImageReference reference = ImageReference.Parse(drive.Root, SessionState.ToFullPath, SessionState.IsDrive);
            BrowsableImage image = _work.Run((operation, token) => BrowsableImage.OpenAsync(reference, patterns, operation, token));
            return new OciDriveInfo(drive, GetRoot(image), image);
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            ThrowTerminatingError(ErrorRecords.Create(error, drive.Root));
            return null;
        }
    }

    /// <inheritdoc/>
    protected override PSDriveInfo RemoveDrive(PSDriveInfo drive)
    {
        (drive as OciDriveInfo)?.Image.Dispose();
        return drive;
    }

    /// <summary>Closes the drives when the session ends.</summary>
    protected override void Stop()
    {
        foreach (OciDriveInfo drive in ProviderInfo.Drives.OfType<OciDriveInfo>())
        {
            drive.Image.Dispose();
        }

        base.Stop();
    }

    /// <inheritdoc/>
    protected override bool IsValidPath(string path) => !string.IsNullOrEmpty(path);

    /// <inheritdoc/>
    protected override bool ItemExists(string path) => Find(path, followLast: false) is not null;

    /// <inheritdoc/>
    protected override bool IsItemContainer(string path)
    {
        return FindDrive(path) is var (drive, inner) && FindTree(drive, path)?.FindFolder(inner) is not null;
    }

    /// <inheritdoc/>
    protected override bool HasChildItems(string path) => Find(path, followLast: true) is { Node.Children.Count: > 0 };

    /// <summary>The item at a path; null if there is none.</summary>
    private Place? Find(string path, bool followLast)
    {
        return FindDrive(path) is var (drive, inner) && FindTree(drive, path) is { } tree && tree.Find(inner, followLast) is { } node
            ? new Place(drive.Image, tree, node)
            : null;
    }

    // PowerShell takes an exception in an existence test for "no"; a written error is visible to the user.
    private FileTree? FindTree(OciDriveInfo drive, string path)
    {
        try
        {
            return drive.Image.Tree ?? drive.ReadTree(_work);
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            WriteError(ErrorRecords.Create(error, path));
            return null;
        }
    }

    // Items from a pipeline have no drive, but a full path.
    private (OciDriveInfo Drive, string Inner)? FindDrive(string path)
    {
        string clean = OciPath.WithSlashes(path);
        if (PSDriveInfo is OciDriveInfo own && own.TryTakeRoot(clean, out string inner))
        {
            return (own, inner);
        }

        foreach (OciDriveInfo drive in Drives.OrderByDescending(drive => drive.Root.Length))
        {
            if (drive.TryTakeRoot(clean, out inner))
            {
                return (drive, inner);
            }
        }

        return null;
    }

    // The drives that the command can see; ProviderInfo.Drives has those that the module can see.
    private IEnumerable<OciDriveInfo> Drives => SessionState.Drive.GetAllForProvider(ProviderInfo.ToString()).OfType<OciDriveInfo>();

    // Two drives over a tag that has moved in between are two images.
    private string GetRoot(BrowsableImage image)
    {
        string root = image.ExactReference.ToString();
        bool isOther = Drives.Any(drive => drive.Root == root && drive.Image.Digest != image.Digest);
        return isOther ? (image.Reference with { Digest = image.Digest }).ToString() : root;
    }

    private sealed record Place(BrowsableImage Image, FileTree Tree, FileNode Node);
}
