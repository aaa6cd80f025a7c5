// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Waits where waiting cannot be avoided: in what is synchronous by nature, as disposing is.</summary>
internal static class BackgroundWork
{
    /// <summary>
    /// Waits for work to end, however it ends. The thread pool is told, and replaces a thread of its own that waits here.
    /// </summary>
    public static void Join(Task work)
    {
        if (!work.IsCompleted)
        {
            Task.WhenAny(work).Wait();
        }
    }
}
