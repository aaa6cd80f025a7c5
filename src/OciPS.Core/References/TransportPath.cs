// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>The kind of path in a reference.</summary>
internal enum TransportPath
{
    /// <summary>The reference has no path.</summary>
    None,

    File,

    Folder,
}
