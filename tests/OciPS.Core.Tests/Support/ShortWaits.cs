// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OciPS.Registry.Resilience;

namespace OciPS.Core.Tests.Support;

/// <summary>Waits between repetitions are as short as tests need them.</summary>
internal static class ShortWaits
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "This is no library.")]
    public static void Set() => RetrySettings.FirstWait = TimeSpan.FromMilliseconds(2);
}
