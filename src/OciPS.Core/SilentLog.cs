// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>Tells nobody.</summary>
internal sealed class SilentLog : IOperationLog
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

    public void Progress(string item, long done, long total)
    {
    }
}
