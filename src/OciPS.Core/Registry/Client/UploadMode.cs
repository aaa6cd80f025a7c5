// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Client;

/// <summary>
/// How a registry takes a blob whose digest is known at its end only; each is taken by more registries than the one before.
/// </summary>
internal enum UploadMode
{
    /// <summary>In one request, while it is made.</summary>
    Stream,

    /// <summary>In chunks, each made before it is sent.</summary>
    Chunks,

    /// <summary>In one piece, all of it made before it is sent.</summary>
    Whole,
}
