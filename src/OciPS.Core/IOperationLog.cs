// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>What an operation tells while it runs; whoever runs it decides what people see of that.</summary>
internal interface IOperationLog
{
    /// <summary>A decision: what was mounted, skipped, spooled.</summary>
    void Verbose(string message);

    /// <summary>Something that the user should know, though the operation goes on.</summary>
    void Warning(string message);

    /// <summary>A request and its answer, without anything secret.</summary>
    void Debug(string message);

    /// <summary>How far a transfer is.</summary>
    /// <param name="item">What is transferred.</param>
    /// <param name="done">Bytes so far.</param>
    /// <param name="total">Bytes in all; 0 if that is not known.</param>
    void Progress(string item, long done, long total);
}
