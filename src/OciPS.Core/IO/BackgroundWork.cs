// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Blocks where waiting is unavoidable: in operations that are synchronous by nature, such as disposal.</summary>
internal static class BackgroundWork
{
    /// <summary>Waits for work to end, successful or not. The thread pool is notified, and replaces a blocked pool thread.</summary>
    public static void Join(Task work)
    {
        if (!work.IsCompleted)
        {
            Task.WhenAny(work).Wait();
        }
    }
}
