// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Runtime.Loader;

namespace OciPS.Loader;

/// <summary>
/// Loads the core and its libraries from the module's folder before other contexts are searched, so that no other module's version of a
/// library is used.
/// </summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("OciPS")
{
    // Assemblies that are not in the folder belong to .NET.
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
