// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>Forwards to the current log: work that continues across pipeline items logs to the item in progress.</summary>
internal sealed class CurrentLog(Func<IOperationLog> current) : IOperationLog
{
    public void Verbose(string message) => current().Verbose(message);

    public void Warning(string message) => current().Warning(message);

    public void Verbose(string message, Remedy remedy, string? subject) => current().Verbose(message, remedy, subject);

    public void Warning(string message, Remedy remedy, string? subject) => current().Warning(message, remedy, subject);

    public void Debug(string message) => current().Debug(message);

    public ITransferLog Begin(string item, long total) => current().Begin(item, total);

    public void Expect(long bytes) => current().Expect(bytes);
}
