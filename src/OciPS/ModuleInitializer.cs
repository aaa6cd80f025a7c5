// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Prepares the process for the module's work, and forgets the connections when the module is removed.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    // What ends work waits for other work to end. On a machine of two cores the pool has two threads to begin with, and is
    // slow to make up for those that wait: Ctrl+C took up to two seconds.
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
