// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using OciPS.Files;

namespace OciPS.Provider;

/// <summary>A drive over an image.</summary>
public sealed class OciDriveInfo : PSDriveInfo
{
    // PowerShell queries many times per command; a failure is cached, so that the image is not read each time.
    private static readonly TimeSpan s_failureTime = TimeSpan.FromSeconds(1);

    private (ExceptionDispatchInfo Error, long Time)? _failure;

    internal OciDriveInfo(PSDriveInfo asked, string root, BrowsableImage image)
        : base(asked.Name, asked.Provider, root, asked.Description, asked.Credential)
    {
        Image = image;
        Platform = image.Platform?.ToString();
    }

    internal BrowsableImage Image { get; }

    /// <summary>The image's reference.</summary>
    public string Reference => Image.Reference.ToString();

    /// <summary>The digest of the image's manifest at the time when the drive was created.</summary>
    public string Digest => Image.Digest.ToString();

    /// <summary>The platform of the image; null if no index gives it.</summary>
    public string? Platform { get; }

    /// <summary>Reads the file tree of the image.</summary>
    internal FileTree ReadTree(ProviderWork work)
    {
        if (_failure is var (failure, time) && Stopwatch.GetElapsedTime(time) < s_failureTime)
        {
            failure.Throw();
        }

        try
        {
            return work.Run(Image.ReadTreeAsync);
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            _failure = (ExceptionDispatchInfo.Capture(error), Stopwatch.GetTimestamp());
            throw;
        }
    }

    /// <summary>Removes the root from a path; PowerShell may have changed its separators.</summary>
    /// <param name="path">A provider path, with slashes.</param>
    /// <param name="inner">The path in the image.</param>
    internal bool TryTakeRoot(string path, out string inner)
    {
        string root = OciPath.WithSlashes(Root);
        bool isHere = path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
        inner = isHere ? path[root.Length..] : string.Empty;
        return isHere;
    }
}
