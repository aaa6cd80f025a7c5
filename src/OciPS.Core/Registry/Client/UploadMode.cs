// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Client;

/// <summary>How a blob of unknown digest is uploaded. Each mode is supported by more registries than the one before.</summary>
internal enum UploadMode
{
    /// <summary>In one request, while the blob is produced.</summary>
    Stream,

    /// <summary>In chunks, each produced before it is sent.</summary>
    Chunks,

    /// <summary>In one request, after the whole blob has been produced.</summary>
    Whole,
}
