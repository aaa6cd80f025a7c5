// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The topics beside the cmdlets' help.</summary>
public sealed partial class AboutTests
{
    private static string Folder => Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "en-US");

    [Theory]
    [InlineData("about_OciPS")]
    [InlineData("about_OciPS_References")]
    [InlineData("about_OciPS_Authentication")]
    [InlineData("about_OciPS_Errors")]
    [InlineData("about_OciPS_Provider")]
    public void GetHelp_Topic_IsFound(string topic)
    {
        using var engine = new Engine();

        string text = engine.Run("Get-Help $args[0]", topic).Count > 0
            ? File.ReadAllText(Path.Combine(Folder, topic + ".help.txt"))
            : string.Empty;

        Assert.Contains("SHORT DESCRIPTION", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public void Errors_Topic_NamesEachIdOnceWithWhatToDo()
    {
        // In a context that nobody else asks, so that the module's own copy stays the one that it loads.
        Assembly core = new AssemblyLoadContext("Ids")
            .LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "lib", "any", "OciPS.Core.dll"));
        Type ids = core.GetType("OciPS.ErrorIds")!;
        string[] known = [.. ids.GetFields(
            BindingFlags.Public | BindingFlags.Static).Select(field => field.Name).Order(StringComparer.Ordinal)];

        string[] told = [.. Row().Matches(File.ReadAllText(
            Path.Combine(Folder, "about_OciPS_Errors.help.txt"))).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

        Assert.Equal(known, told);
    }

    [GeneratedRegex(@"^ {8}([A-Z]\w+) +\S", RegexOptions.Multiline)]
    private static partial Regex Row();
}
