// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What others wrote and we hand on comes with their licences.</summary>
public sealed class NoticesTests
{
    private static readonly string s_module = Path.GetDirectoryName(Engine.ModulePath)!;

    [Fact]
    public void Notices_EachLibrary_IsNamed()
    {
        string notices = File.ReadAllText(Path.Combine(s_module, "THIRD-PARTY-NOTICES.txt"));

        string[] libraries = Directory.GetFiles(Path.Combine(s_module, "lib"), "*.dll", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(file)).Where(name => name != "OciPS.Core.dll").ToArray();

        Assert.NotEmpty(libraries);
        Assert.All(libraries, library => Assert.Contains($"({library})", notices, StringComparison.Ordinal));
    }
}
