// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The remedy for an error or a warning. The core names it; the layer that shows the message explains how to apply it.</summary>
internal enum Remedy
{
    None,

    // Registries
    AllowPlainHttp,
    AllowPlainHttpForTokens,
    NamePlainHttpHost,
    GiveCredential,
    CorrectCredential,
    TrustAuthority,
    GiveClientCertificate,

    // Indexes and their images
    PreferMultiArch,
    SelectPlatforms,
    SelectPlatformsOrCopySparse,
    SelectOnePlatform,
    SelectOnePlatformInsteadOfSparse,
    SelectSamePlatform,
    LeaveFormatOrSparseOut,
    ConvertFormat,
    ConvertToOci,
    AllowSamePlatform,
    ReplaceList,
    MergeUnlisted,
    KeepAttestation,

    // Images and files
    Recompress,
    ComputeDiffIds,
    NameDestination,
    ReplaceTag,
    WriteNoTag,
    ReplaceFile,
}
