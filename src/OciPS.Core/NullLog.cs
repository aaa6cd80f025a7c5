// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>Discards all diagnostics.</summary>
internal sealed class NullLog : IOperationLog
{
    public void Verbose(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public ITransferLog Begin(string item, long total) => Transfer.Instance;

    /// <summary>Discards the progress of a transfer.</summary>
    internal sealed class Transfer : ITransferLog
    {
        public static readonly Transfer Instance = new();

        public void Report(long done)
        {
        }

        public void Dispose()
        {
        }
    }
}
