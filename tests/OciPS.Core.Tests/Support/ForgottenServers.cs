// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>Makes the core forget what it learnt of a registry when another test's server gets its port.</summary>
internal static class ForgottenServers
{
    [ModuleInitializer]
    internal static void Watch() => TestPorts.Given = port =>
    {
        TestSession.Shared.Registries.Forget($"127.0.0.1:{port}");
        TestSession.Shared.Registries.Forget($"localhost:{port}");
    };
}
