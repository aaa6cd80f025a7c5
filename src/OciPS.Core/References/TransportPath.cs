// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>What the path of a reference leads to.</summary>
internal enum TransportPath
{
    /// <summary>There is no path.</summary>
    None,

    File,

    Folder,
}
