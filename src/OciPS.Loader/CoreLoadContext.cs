// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Runtime.Loader;

namespace OciPS.Loader;

/// <summary>
/// Has the core and the libraries that it uses. It is asked first, so that no other module's copy of a library is taken, whether older or
/// newer.
/// </summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("OciPS")
{
    // What is not here is .NET's own.
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
