// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>Receives the diagnostics and the progress of an operation.</summary>
internal interface IOperationLog
{
    /// <summary>A decision: what was mounted, skipped or spooled.</summary>
    void Verbose(string message);

    /// <summary>A decision, and how to change it.</summary>
    /// <param name="message">The decision.</param>
    /// <param name="remedy">The remedy.</param>
    /// <param name="subject">The subject of the remedy, if it has one.</param>
    void Verbose(string message, Remedy remedy, string? subject = null) => Verbose(message);

    /// <summary>A problem that does not stop the operation.</summary>
    void Warning(string message);

    /// <summary>A problem that does not stop the operation, and its remedy.</summary>
    /// <param name="message">The problem.</param>
    /// <param name="remedy">The remedy.</param>
    /// <param name="subject">The subject of the remedy, if it has one.</param>
    void Warning(string message, Remedy remedy, string? subject = null) => Warning(message);

    /// <summary>A request and its response, without secrets.</summary>
    void Debug(string message);

    /// <summary>Starts to report the progress of a transfer.</summary>
    /// <param name="item">What is transferred.</param>
    /// <param name="total">The total number of bytes; 0 if unknown.</param>
    ITransferLog Begin(string item, long total);

    /// <summary>Reports how much remains to be transferred, beyond the transfers that have begun.</summary>
    /// <param name="bytes">The number of bytes, as far as known.</param>
    void Expect(long bytes)
    {
    }
}

/// <summary>Receives the progress of a transfer; disposed of at its end.</summary>
internal interface ITransferLog : IDisposable
{
    /// <param name="done">Bytes so far.</param>
    void Report(long done);
}
