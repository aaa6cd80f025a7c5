// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Creates the error records of all cmdlets: the stable id, a category, and the target.</summary>
internal static class ErrorRecords
{
    /// <summary>Whether an error is expected in use, and not a bug in this module.</summary>
    public static bool IsExpected(Exception error) => error is OciException or IOException or UnauthorizedAccessException;

    public static ErrorRecord Create(Exception error, object? target)
    {
        ErrorHints.AddTo(error);
        return Harmless(error is OciException known
            ? new ErrorRecord(known, known.ErrorId, GetCategory(known), target)
            : new ErrorRecord(error, ErrorIds.StorageWriteError, ErrorCategory.WriteError, target));
    }

    /// <summary>An argument that cannot be combined with others.</summary>
    public static ErrorRecord InvalidArgument(string errorId, string message, object? target) =>
        Harmless(new ErrorRecord(new ArgumentException(TerminalText.Escape(message)), errorId, ErrorCategory.InvalidArgument, target));

    /// <summary>Escapes control characters in the message; the target keeps its value.</summary>
    private static ErrorRecord Harmless(ErrorRecord record)
    {
        string message = TerminalText.Escape(record.Exception.Message);
        if (message != record.Exception.Message)
        {
            record.ErrorDetails = new ErrorDetails(message);
        }

        string name = TerminalText.Escape(record.CategoryInfo.TargetName);
        if (name != record.CategoryInfo.TargetName)
        {
            record.CategoryInfo.TargetName = name;
        }

        return record;
    }

    private static ErrorCategory GetCategory(OciException error) => error.ErrorId switch
    {
        ErrorIds.Unauthorized => ErrorCategory.AuthenticationError,
        ErrorIds.AccessDenied => ErrorCategory.PermissionDenied,
        ErrorIds.TooManyRequests => ErrorCategory.LimitsExceeded,
        ErrorIds.ManifestTooLarge or ErrorIds.FileTooLarge or ErrorIds.TooManyFiles => ErrorCategory.LimitsExceeded,
        ErrorIds.RegistryUnreachable => ErrorCategory.ConnectionError,
        ErrorIds.UnsafeRedirect => ErrorCategory.SecurityError,
        ErrorIds.InvalidCertificate => ErrorCategory.InvalidData,
        ErrorIds.StorageWriteError => ErrorCategory.WriteError,
        ErrorIds.ReaderLeft => ErrorCategory.WriteError,
        ErrorIds.StorageReadError => ErrorCategory.ReadError,
        ErrorIds.FileExists or ErrorIds.TagExists => ErrorCategory.ResourceExists,
        ErrorIds.InvalidDestination => ErrorCategory.InvalidArgument,
        ErrorIds.UnsupportedMediaType or ErrorIds.UnsupportedImage => ErrorCategory.NotImplemented,
        _ => error switch
        {
            InvalidInputException => ErrorCategory.InvalidArgument,
            ContentNotFoundException => ErrorCategory.ObjectNotFound,
            InvalidContentException => ErrorCategory.InvalidData,
            RegistryException => ErrorCategory.InvalidResult,
            _ => ErrorCategory.NotSpecified,
        },
    };
}
