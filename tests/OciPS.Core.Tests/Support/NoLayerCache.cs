// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.Core.Tests.Support;

/// <summary>
/// Tests see what is read, and leave nothing in the user's cache; those of the cache turn it on in a folder of their own.
/// </summary>
internal static class NoLayerCache
{
    public const string Variable = "OCIPS_LAYER_CACHE";

    [ModuleInitializer]
    public static void TurnOff() => Environment.SetEnvironmentVariable(Variable, "off");
}
