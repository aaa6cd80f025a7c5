// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using OciPS.Registry.Connections;

namespace OciPS;

/// <summary>Loads third-party libraries in a context of the module's own, so that another module's versions do no harm.</summary>
/// <remarks>The event is session-wide: only what lies in the module's own folder is ever answered.</remarks>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    // What ends work waits for other work to end. On a machine of two cores the pool has two threads to begin with, and is
    // slow to make up for those that wait: Ctrl+C took up to two seconds.
    private const int LeastThreads = 8;

    private static readonly string s_folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!, "dependencies");
    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase) { "ICSharpCode.SharpZipLib", "Polly.Core", "SharpCompress", "System.IO.Hashing", "ZstdSharp" };
    private static readonly AssemblyLoadContext s_context = new("OciPS");

    /// <summary>Called by PowerShell when the module is imported.</summary>
    public void OnImport()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        ThreadPool.GetMinThreads(out int threads, out int ports);
        if (threads < LeastThreads)
        {
            ThreadPool.SetMinThreads(LeastThreads, ports);
        }
    }

    /// <summary>Called by PowerShell when the module is removed.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        RegistryConnections.Clear();
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is { } simple && s_names.Contains(simple) ? s_context.LoadFromAssemblyPath(Path.Combine(s_folder, simple + ".dll")) : null;
}
