// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>What an operation tells while it runs; whoever runs it decides what people see of that.</summary>
internal interface IOperationLog
{
    /// <summary>A decision: what was mounted, skipped, spooled.</summary>
    void Verbose(string message);

    /// <summary>A decision, and how to have it otherwise.</summary>
    void Verbose(string message, Remedy remedy) => Verbose(message);

    /// <summary>Something that the user should know, though the operation goes on.</summary>
    void Warning(string message);

    /// <summary>Something that the user should know, and what helps.</summary>
    void Warning(string message, Remedy remedy) => Warning(message);

    /// <summary>A request and its answer, without anything secret.</summary>
    void Debug(string message);

    /// <summary>Begins to tell how far a transfer is.</summary>
    /// <param name="item">What is transferred.</param>
    /// <param name="total">Bytes in all; 0 if that is not known.</param>
    ITransferLog Begin(string item, long total);

    /// <summary>Tells how much there is still to transfer beside what has begun.</summary>
    /// <param name="bytes">The bytes; as far as it is known.</param>
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
