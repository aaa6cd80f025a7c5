// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>
/// Says by which transport a file or folder is read that was named by another one, or by none. Each hint is a sentence, with a blank before
/// it.
/// </summary>
internal static class TransportHint
{
    public const string OciArchive = " It is an OCI archive, which 'oci-archive:' reads.";
    public const string DockerArchive = " It is an image tarball, which 'docker-archive:' reads.";

    /// <summary>Names the transport for a folder; empty where it holds no image.</summary>
    public static string ForFolder(string path) =>
        File.Exists(Path.Combine(path, "index.json")) ? " It is an OCI layout, which 'oci:' reads."
        : IsDirectory(path) ? " It is an image directory, which 'dir:' reads."

        : File.Exists(Path.Combine(path, "manifest.json"))
        ? " It holds an unpacked image tarball, which 'docker-archive:' reads as a tar file."
        : string.Empty;

    /// <summary>Names the transport for a folder that is not an image directory; empty where it may be one.</summary>
    public static string ForNoDirectory(string path) => IsDirectory(path) ? string.Empty : ForFolder(path);

    /// <summary>Names the transport for an archive with these members; empty where it holds no image.</summary>
    public static string ForArchive(Func<string, bool> hasMember) =>
        hasMember("index.json") ? OciArchive : hasMember("manifest.json") ? DockerArchive : string.Empty;

    /// <summary>Names the transport for the path in a text without a transport; empty where nothing has that name.</summary>
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

    /// <summary>An unpacked tarball has a list in its <c>manifest.json</c>.</summary>
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
