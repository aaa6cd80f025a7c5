// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS.Tests.Support;

internal static class ErrorRecordExtensions
{
    /// <summary>Checks what scripts look at.</summary>
    public static void ShouldBe(this ErrorRecord error, string id, ErrorCategory category, object? target)
    {
        Assert.Matches($"^{id},OciPS\\.Commands\\.[A-Za-z]+Command$", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(target, error.TargetObject);
    }

    public static void ShouldBe(this ErrorRecord error, string id)
    {
        Assert.Matches($"^{id},OciPS\\.Commands\\.[A-Za-z]+Command$", error.FullyQualifiedErrorId);
    }
}
