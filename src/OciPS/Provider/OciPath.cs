// SPDX-License-Identifier: MIT

namespace OciPS.Provider;

/// <summary>Converts paths of the provider.</summary>
internal static class OciPath
{
    /// <summary>PowerShell uses the separators of its platform; images use slashes.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');
}
