// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Prepares the process for the module, and removes the connections when the module is removed.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    // Cancelled work waits for other work to end. With two cores the thread pool starts with two threads and grows slowly when they are
    // blocked: Ctrl+C took up to two seconds.
    private const int LeastThreads = 8;

    /// <summary>Called by PowerShell when the module is imported.</summary>
    public void OnImport()
    {
        ThreadPool.GetMinThreads(out int threads, out int ports);
        if (threads < LeastThreads)
        {
            ThreadPool.SetMinThreads(LeastThreads, ports);
        }
    }

    /// <summary>Called by PowerShell when the module is removed.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => ModuleSession.Current.Registries.DisconnectAll();
}
