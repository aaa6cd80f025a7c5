// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>
/// Suggests the transport for a file or folder whose reference has the wrong one, or none. Each hint is a sentence with a leading space.
/// </summary>
internal static class TransportHint
{
    public const string OciArchive = " It is an OCI archive, which 'oci-archive:' reads.";
    public const string DockerArchive = " It is an image tarball, which 'docker-archive:' reads.";

    /// <summary>Suggests the transport for a folder; empty if it holds no image.</summary>
    public static string ForFolder(string path) =>
        File.Exists(Path.Combine(path, "index.json")) ? " It is an OCI layout, which 'oci:' reads."
        : IsDirectory(path) ? " It is an image directory, which 'dir:' reads."

        : File.Exists(Path.Combine(path, "manifest.json"))
        ? " It holds an unpacked image tarball, which 'docker-archive:' reads as a tar file."
        : string.Empty;

    /// <summary>Suggests the transport for a folder that is not an image directory; empty if it may be one.</summary>
    public static string ForNoDirectory(string path) => IsDirectory(path) ? string.Empty : ForFolder(path);

    /// <summary>Suggests the transport for an archive with these members; empty if it holds no image.</summary>
    public static string ForArchive(Func<string, bool> hasMember) =>
        hasMember("index.json") ? OciArchive : hasMember("manifest.json") ? DockerArchive : string.Empty;

    /// <summary>Suggests the transport for a path without one; empty if the path does not exist.</summary>
    public static string FromText(string text, Func<string, string> resolvePath)
    {
        if (!text.Contains('/', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal))
        {
            return string.Empty;
        }

        string path = resolvePath(text);
        return Directory.Exists(path) ? ForFolder(path)
            : File.Exists(path) ? $" There is a file of that name: {string.Join(" and ", FilePrefixes)} read archives."
            : string.Empty;
    }

    private static IEnumerable<string> FilePrefixes =>
        TransportSyntax.All.Where(syntax => syntax.Path == TransportPath.File).Select(syntax => $"'{syntax.Prefix}'");

    /// <summary>The <c>manifest.json</c> of an unpacked tarball is an array; that of an image directory is not.</summary>
    private static bool IsDirectory(string path)
    {
        string manifest = Path.Combine(path, "manifest.json");
        if (!File.Exists(manifest))
        {
            return false;
        }

        try
        {
            using var reader = new StreamReader(manifest);
            int letter;
            while ((letter = reader.Read()) >= 0 && char.IsWhiteSpace((char)letter))
            {
            }

            return letter == '{';
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
