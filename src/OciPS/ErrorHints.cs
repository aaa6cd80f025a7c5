// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS;

/// <summary>
/// Names the cmdlet or parameter that helps: the core's messages describe the problem, and these hints are added where they are shown.
/// </summary>
internal static class ErrorHints
{
    private static readonly Dictionary<Remedy, string> s_hints = new()
    {
        // {0} is the registry.
        [Remedy.AllowPlainHttp] = "If that is intended: Connect-OciRegistry {0} -PlainHttp",
        [Remedy.AllowPlainHttpForTokens] =
            "Plain HTTP is for a token service at the registry's own host and port, with -PlainHttp.",
        [Remedy.NamePlainHttpHost] = "For plain HTTP, give the host and -PlainHttp.",
        [Remedy.GiveCredential] = "Give one with Connect-OciRegistry, or log in with 'docker login' or 'skopeo login'.",
        [Remedy.CorrectCredential] = "Give the right credential with Connect-OciRegistry, or correct that one.",
        [Remedy.TrustAuthority] =
            "If its certificate comes from a private authority, name that with 'Connect-OciRegistry -CertificateAuthority'.",
        [Remedy.GiveClientCertificate] =
            "If it requires a client certificate, give that with 'Connect-OciRegistry -Certificate', or put it into its 'certs.d' folder.",

        [Remedy.PreferMultiArch] = "Use '-Mode PreferMultiArch' to take that.",
        [Remedy.SelectPlatforms] = "Use -Platform to take the images that are there.",
        [Remedy.SelectPlatformsOrCopySparse] =
            "Use -Platform to take the images that are there, or 'Copy-OciImage -Sparse' to copy the index as it is.",
        [Remedy.SelectOnePlatform] = "Choose one with -Platform.",
        [Remedy.SelectOnePlatformInsteadOfSparse] = "Leave -Sparse out, and choose one image with -Platform.",
        [Remedy.SelectSamePlatform] = "Use -Platform to compare images for the same platform.",
        [Remedy.LeaveFormatOrSparseOut] = "Leave -Format or -Sparse out.",
        [Remedy.ConvertFormat] = "-Format converts the manifests.",
        [Remedy.ConvertToOci] = "-Format Oci writes OCI manifests.",
        [Remedy.AllowSamePlatform] = "-Force lists both.",
        [Remedy.ReplaceList] = "-Force replaces it.",
        [Remedy.MergeUnlisted] = "-Force merges them nevertheless.",
        [Remedy.KeepAttestation] = "Use -KeepAttestation to keep it.",

        [Remedy.Recompress] = "Run it again, and with -Recompress if that fails too.",
        [Remedy.ComputeDiffIds] = "-Deep computes them.",
        [Remedy.NameDestination] = "Name the new one's place with -Destination.",
        [Remedy.ReplaceTag] = "-NoClobber keeps what is there: choose another tag, or leave -NoClobber out.",
        [Remedy.WriteNoTag] = "Leave the tag or -NoTag out.",
        [Remedy.ReplaceFile] = "Use -Force to replace it.",
    };

    /// <summary>A message with its hint, if there is one.</summary>
    public static string Complete(string message, Remedy remedy, string? subject) =>
        Find(remedy, subject) is { } hint ? $"{message} {hint}" : message;

    /// <summary>Adds the hint to an error of the core.</summary>
    /// <returns>Always false, for the filter of a catch block that does not handle the error.</returns>
    public static bool AddTo(Exception error)
    {
        if (error is OciException known)
        {
            known.Hint = Find(known.Remedy, known.RemedySubject);
        }

        return false;
    }

    private static string? Find(Remedy remedy, string? subject) =>
        s_hints.TryGetValue(remedy, out string? hint) ? string.Format(CultureInfo.InvariantCulture, hint, subject) : null;
}
