// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The base of all errors that the core raises on purpose.</summary>
/// <remarks><see cref="ErrorId"/> is stable: scripts compare with it.</remarks>
public abstract class OciException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="errorId">The stable id.</param>
    /// <param name="message">What was wrong, and with what.</param>
    /// <param name="innerException">The cause, if another error is.</param>
    private protected OciException(string errorId, string message, Exception? innerException)
        : base(TerminalText.Escape(message), innerException) => ErrorId = errorId;

    /// <summary>The stable id of the error, <c>ManifestNotFound</c> for instance.</summary>
    public string ErrorId { get; }

    /// <summary>What was wrong, with what, and what to do.</summary>
    public override string Message => Hint is null ? base.Message : $"{base.Message} {Hint}";

    /// <summary>What helps.</summary>
    internal Remedy Remedy { get; init; }

    /// <summary>What the remedy is about: the registry, for instance.</summary>
    internal string? RemedySubject { get; init; }

    /// <summary>How the remedy is applied, added by who shows the error.</summary>
    internal string? Hint { get; set; }
}

/// <summary>An argument that cannot be used as it is: a reference that does not parse, a digest in an unknown algorithm.</summary>
public sealed class InvalidInputException : OciException
{
    internal InvalidInputException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}

/// <summary>Something that was asked for is not there: a manifest, a blob, a file in an image, a platform.</summary>
public sealed class ContentNotFoundException : OciException
{
    internal ContentNotFoundException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}

/// <summary>
/// Content is not what it should be: wrong digest or size, a tar that is none, JSON that does not parse, an unknown media type.
/// </summary>
public sealed class InvalidContentException : OciException
{
    internal InvalidContentException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }

    /// <summary>Whether the content may have been damaged in transit, so that a second request bypasses caches.</summary>
    internal bool MayRefetch { get; init; }
}

/// <summary>A registry refused, failed or could not be reached.</summary>
public sealed class RegistryException : OciException
{
    internal RegistryException(string errorId, string message, int statusCode = 0, Exception? innerException = null)
        : base(errorId, message, innerException) => StatusCode = statusCode;

    /// <summary>The HTTP status of the answer; 0 if there was none.</summary>
    public int StatusCode { get; }

    /// <summary>Whether it may pass: a connection that was refused or broke, an answer that did not come.</summary>
    internal bool IsTransient { get; set; }

    /// <summary>Whether the upload that it ended is lost, so that only a new one helps.</summary>
    internal bool UploadIsLost { get; init; }

    /// <summary>Whether the registry found that what it got is not what its digest says.</summary>
    internal bool DigestIsRefused { get; init; }

    /// <summary>
    /// From when to when nothing came, if that is what ended it: timestamps of <see cref="System.Diagnostics.Stopwatch"/>.
    /// </summary>
    internal (long From, long Until)? Silence { get; set; }

    /// <summary>How long the registry asks to be left alone; null if it does not say.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}

/// <summary>A place on disk cannot be read or written.</summary>
public sealed class StorageException : OciException
{
    internal StorageException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}
