// SPDX-License-Identifier: MIT

using OciPS.Sessions;

namespace OciPS;

/// <summary>The module's session: one per process, so that all runspaces share connections.</summary>
internal static class ModuleSession
{
    public static OciSession Current { get; } = new();
}
