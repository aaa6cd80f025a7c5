// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// What the module's assemblies refer to is there in .NET 8.0.0, and in both PowerShell 5.1 and 7.6.9: so it is in 7.4, whose own
/// assemblies are not to be had as a package that could be asked here.
/// </summary>
public sealed class ReferencedApiTests
{
    public static TheoryData<string> Assemblies() =>
        [.. Directory.GetFiles(ModuleFolder, "*.dll", SearchOption.AllDirectories).Select(
            file => Path.GetRelativePath(ModuleFolder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static string ModuleFolder => Path.GetDirectoryName(Engine.ModulePath)!;

    private static string[] Module => Directory.GetFiles(ModuleFolder, "*.dll", SearchOption.AllDirectories);

    private static string[] DotNet8 => Directory.GetFiles(Metadata("DotNet8Reference"), "*.dll");

    private static string PowerShell51 => Path.Combine(Metadata("PowerShellStandard"), "System.Management.Automation.dll");

    private static string PowerShell76 => typeof(System.Management.Automation.PSObject).Assembly.Location;

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_WhatItRefersTo_IsInDotNet8AndPowerShellStandard(string assembly) =>
        AssertComplete([.. Module, .. DotNet8, PowerShell51], assembly);

    [Theory]
    [InlineData("OciPS.dll")]
    [InlineData("OciPS.Loader.dll")]
    public void Assembly_WhatItRefersTo_IsInCurrentPowerShell(string assembly) =>
        AssertComplete([.. Module, .. DotNet8, PowerShell76], assembly);

    [Fact]
    public void Check_ReferencesToLaterVersions_AreFound()
    {
        using var set = new AssemblySet(
            [.. DotNet8, PowerShell51, .. Directory.GetFiles(AppContext.BaseDirectory, "xunit*.dll"), .. Module]);

        IReadOnlyList<string> missing = set.Check(typeof(ReferencedApiTests).Assembly.Location).Missing;

        Assert.Contains(typeof(Lock).FullName, missing);
        Assert.Contains(missing, line => line.StartsWith("System.Runtime 10.", StringComparison.Ordinal));
        Assert.Contains(missing, line => line.StartsWith("System.Convert.ToHexStringLower: ", StringComparison.Ordinal));
        Assert.DoesNotContain(missing, line => line.StartsWith("System.Convert.ToHexString: ", StringComparison.Ordinal));
    }

    private static void AssertComplete(string[] files, string assembly)
    {
        using var set = new AssemblySet(files);

        (IReadOnlyList<string> missing, int count) = set.Check(Path.Combine(ModuleFolder, assembly));

        Assert.Equal(string.Empty, string.Join("\n", missing));
        Assert.InRange(count, 5, int.MaxValue);
    }

    private static string Metadata(string key) => typeof(ReferencedApiTests).Assembly
        .GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
