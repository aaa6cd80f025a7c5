// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The stable error ids. Scripts compare with them, so they never change.</summary>
internal static class ErrorIds
{
    public const string InvalidReference = nameof(InvalidReference);
    public const string InvalidDestination = nameof(InvalidDestination);
    public const string InvalidRegistry = nameof(InvalidRegistry);
    public const string UnsupportedTransport = nameof(UnsupportedTransport);
    public const string InvalidPlatform = nameof(InvalidPlatform);
    public const string UnsupportedDigest = nameof(UnsupportedDigest);
    public const string AmbiguousImage = nameof(AmbiguousImage);

    public const string ManifestNotFound = nameof(ManifestNotFound);
    public const string TagNotFound = nameof(TagNotFound);
    public const string RepositoryNotFound = nameof(RepositoryNotFound);
    public const string BlobNotFound = nameof(BlobNotFound);
    public const string PlatformNotFound = nameof(PlatformNotFound);
    public const string FileNotFoundInImage = nameof(FileNotFoundInImage);
    public const string PathNotFound = nameof(PathNotFound);

    public const string DigestMismatch = nameof(DigestMismatch);
    public const string SizeMismatch = nameof(SizeMismatch);
    public const string DiffIdMismatch = nameof(DiffIdMismatch);
    public const string InvalidManifest = nameof(InvalidManifest);
    public const string InvalidConfig = nameof(InvalidConfig);
    public const string InvalidLayout = nameof(InvalidLayout);
    public const string InvalidArchive = nameof(InvalidArchive);
    public const string InvalidTar = nameof(InvalidTar);
    public const string InvalidCompression = nameof(InvalidCompression);
    public const string UnsupportedMediaType = nameof(UnsupportedMediaType);
    public const string UnsupportedImage = nameof(UnsupportedImage);
    public const string InvalidManifestList = nameof(InvalidManifestList);
    public const string InvalidInputs = nameof(InvalidInputs);
    public const string EncryptedLayer = nameof(EncryptedLayer);
    public const string ManifestTooLarge = nameof(ManifestTooLarge);

    /// <summary>A file of an image exceeds the size limit.</summary>
    public const string FileTooLarge = nameof(FileTooLarge);

    /// <summary>An image has more files than fit the memory limit.</summary>
    public const string TooManyFiles = nameof(TooManyFiles);

    public const string Unauthorized = nameof(Unauthorized);
    public const string AccessDenied = nameof(AccessDenied);
    public const string TooManyRequests = nameof(TooManyRequests);
    public const string RegistryUnreachable = nameof(RegistryUnreachable);
    public const string RegistryError = nameof(RegistryError);

    /// <summary>A registry acknowledged content, but does not have it.</summary>
    public const string NotStored = nameof(NotStored);
    public const string UnsafeRedirect = nameof(UnsafeRedirect);
    public const string InvalidCertificate = nameof(InvalidCertificate);
    public const string InvalidCredentialFile = nameof(InvalidCredentialFile);
    public const string CredentialHelperFailed = nameof(CredentialHelperFailed);

    public const string TagExists = nameof(TagExists);
    public const string FileExists = nameof(FileExists);
    public const string ReadOnlyDrive = nameof(ReadOnlyDrive);
    public const string NotBelowFolder = nameof(NotBelowFolder);
    public const string UnsafePath = nameof(UnsafePath);
    public const string UnsupportedFileType = nameof(UnsupportedFileType);
    public const string DirectoryNotRecursed = nameof(DirectoryNotRecursed);
    public const string ConflictingParameters = nameof(ConflictingParameters);
    public const string ListMismatch = nameof(ListMismatch);
    public const string IncompleteList = nameof(IncompleteList);
    public const string UnmatchedList = nameof(UnmatchedList);
    public const string MixedFormats = nameof(MixedFormats);
    public const string SamePlatform = nameof(SamePlatform);

    /// <summary>Replacing an image in place needs a confirmation, and the session cannot ask.</summary>
    public const string ForceRequired = nameof(ForceRequired);

    /// <summary>A pipeline object is not a file of an image.</summary>
    public const string InputNotUnderstood = nameof(InputNotUnderstood);

    /// <summary>There is no connection to a registry.</summary>
    public const string ConnectionNotFound = nameof(ConnectionNotFound);

    /// <summary>A filter scriptblock failed, so nothing is selected.</summary>
    public const string FilterFailed = nameof(FilterFailed);

    public const string InvalidPattern = nameof(InvalidPattern);

    /// <summary>A regular expression takes too long on a line.</summary>
    public const string PatternTimeout = nameof(PatternTimeout);

    public const string ConflictingDestinations = nameof(ConflictingDestinations);

    public const string StorageReadError = nameof(StorageReadError);
    public const string StorageWriteError = nameof(StorageWriteError);
    public const string ReaderLeft = nameof(ReaderLeft);
}
