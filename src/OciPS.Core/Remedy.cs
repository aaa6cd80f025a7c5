// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>What helps against an error or a warning. The core names it; whoever shows it says how that is done.</summary>
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
