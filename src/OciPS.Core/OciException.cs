// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The base of all errors that the core raises.</summary>
/// <remarks><see cref="ErrorId"/> is stable: scripts compare with it.</remarks>
public abstract class OciException : Exception
{
    private readonly Remedy _remedy;
    private readonly string? _remedySubject;

    /// <summary>Creates the error.</summary>
    /// <param name="errorId">The stable id.</param>
    /// <param name="message">What is wrong, and with what.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    private protected OciException(string errorId, string message, Exception? innerException)
        : base(TerminalText.Escape(message), innerException) => ErrorId = errorId;

    /// <summary>The stable id of the error, <c>ManifestNotFound</c> for example.</summary>
    public string ErrorId { get; }

    /// <summary>What is wrong, with what, and how to fix it.</summary>
    public override string Message => Hint is null ? base.Message : $"{base.Message} {Hint}";

    /// <summary>The remedy; without one of its own, an error has that of its cause, whose message it includes.</summary>
    internal Remedy Remedy
    {
        get => _remedy == Remedy.None && InnerException is OciException cause ? cause.Remedy : _remedy;
        init => _remedy = value;
    }

    /// <summary>The subject of the remedy, the registry for example.</summary>
    internal string? RemedySubject
    {
        get => _remedy == Remedy.None && InnerException is OciException cause ? cause.RemedySubject : _remedySubject;
        init => _remedySubject = value;
    }

    /// <summary>How to apply the remedy; added by the layer that shows the error.</summary>
    internal string? Hint { get; set; }
}

/// <summary>An argument that cannot be used: a reference that does not parse, or a digest with an unknown algorithm.</summary>
public sealed class InvalidInputException : OciException
{
    internal InvalidInputException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}

/// <summary>Requested content does not exist: a manifest, a blob, a file in an image, a platform.</summary>
public sealed class ContentNotFoundException : OciException
{
    internal ContentNotFoundException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}

/// <summary>Content is invalid: a wrong digest or size, a malformed tar, JSON that does not parse, an unknown media type.</summary>
public sealed class InvalidContentException : OciException
{
    internal InvalidContentException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }

    /// <summary>Whether the content may have been damaged in transit, so that a second request bypasses caches.</summary>
    internal bool MayRefetch { get; init; }
}

/// <summary>A registry refused a request, failed or could not be reached.</summary>
public sealed class RegistryException : OciException
{
    internal RegistryException(string errorId, string message, int statusCode = 0, Exception? innerException = null)
        : base(errorId, message, innerException) => StatusCode = statusCode;

    /// <summary>The HTTP status of the response; 0 if there was none.</summary>
    public int StatusCode { get; }

    /// <summary>Whether a retry may succeed: the connection was refused or broke, or no response came.</summary>
    internal bool IsTransient { get; set; }

    /// <summary>Whether the upload is lost, so that only a new upload helps.</summary>
    internal bool UploadIsLost { get; init; }

    /// <summary>Whether the registry reported that the content does not match its digest.</summary>
    internal bool DigestIsRefused { get; init; }

    /// <summary>
    /// The interval without data, if a timeout caused the error; in <see cref="System.Diagnostics.Stopwatch"/> timestamps.
    /// </summary>
    internal (long From, long Until)? Silence { get; set; }

    /// <summary>The wait that the registry requests (<c>Retry-After</c>); null if it requests none.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}

/// <summary>A path on disk cannot be read or written.</summary>
public sealed class StorageException : OciException
{
    internal StorageException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}
