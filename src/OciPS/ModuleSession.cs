// SPDX-License-Identifier: MIT

using OciPS.Sessions;

namespace OciPS;

/// <summary>The session that the module owns: one for the process, so that all runspaces have the same connections.</summary>
internal static class ModuleSession
{
    public static OciSession Current { get; } = new();
}
