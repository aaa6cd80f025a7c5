// SPDX-License-Identifier: MIT

namespace OciPS.Provider;

/// <summary>Paths as the provider is given them.</summary>
internal static class OciPath
{
    /// <summary>PowerShell has the separators of its platform; images have slashes.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');
}
