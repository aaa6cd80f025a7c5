// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Runtime.Versioning;
using OciPS.References;

namespace OciPS.Core.Tests;

/// <summary>What these tests are worth depends on what they run on.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void Runtime_OfTheseTests_IsDotNet8() => Assert.Equal(8, Environment.Version.Major);

    [Fact]
    public void Core_InTheseTests_IsTheOneThatShips()
    {
        Assembly core = typeof(ImageReference).Assembly;

        Assert.Equal(".NETCoreApp,Version=v8.0", core.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName);
    }
}
