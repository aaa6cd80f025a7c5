// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace OciPS.Loader;

/// <summary>Makes the core loadable before PowerShell loads the cmdlets, whose assembly references it.</summary>
/// <remarks>
/// As a nested module it is imported before the root module. The event applies to the whole process, so the handler resolves one name only
/// and is added once: loaded assemblies stay, whichever runspace imports or removes the module.
/// </remarks>
public sealed class LoaderInitializer : IModuleAssemblyInitializer
{
    private const string CoreName = "OciPS.Core";

    private static readonly CoreLoadContext s_context = new(
        Path.Combine(Path.GetDirectoryName(typeof(LoaderInitializer).Assembly.Location)!, "lib", "any"));
    private static int s_isHooked;

    /// <summary>Called by PowerShell when the module is imported.</summary>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_isHooked, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += (_, name) => Resolve(name);
        }
    }

    private static Assembly? Resolve(AssemblyName name) =>
        name.Name == CoreName ? s_context.LoadFromAssemblyName(new AssemblyName(CoreName)) : null;
}
