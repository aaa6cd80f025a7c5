// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;

namespace OciPS.HelpBuilder;

/// <summary>Writes one Markdown page per cmdlet, for the web.</summary>
internal static class MarkdownWriter
{
    private const string Generated = "<!-- Made by the build out of the documentation comments in src/OciPS/Commands. Change those. -->";

    /// <summary>
    /// Writes the pages and their table of contents, and removes pages of deleted cmdlets; unchanged files are not written.
    /// </summary>
    public static void Write(IReadOnlyList<CmdletDescription> cmdlets, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string page in Directory.GetFiles(folder, "*.md")
            .Where(page => cmdlets.All(cmdlet => FileName(cmdlet) != Path.GetFileName(page))))
        {
            File.Delete(page);
        }

        foreach (CmdletDescription cmdlet in cmdlets)
        {
            Save(Path.Combine(folder, FileName(cmdlet)), Page(cmdlet, cmdlets));
        }

        Save(Path.Combine(folder, "README.md"), Contents(cmdlets));
    }

    private static void Save(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path).ReplaceLineEndings("\n") != text)
        {
            File.WriteAllText(path, text);
        }
    }

    private static string FileName(CmdletDescription cmdlet) => cmdlet.Name + ".md";

    private static string Contents(IReadOnlyList<CmdletDescription> cmdlets)
    {
        var page = new StringBuilder($"{Generated}\n\n# Cmdlets\n\n| cmdlet | what it does |\n|---|---|\n");
        foreach (CmdletDescription cmdlet in cmdlets)
        {
            page.Append(CultureInfo.InvariantCulture, $"| [{cmdlet.Name}]({FileName(cmdlet)}) | {Cell(cmdlet.Synopsis)} |\n");
        }

        return page.ToString();
    }

    private static string Page(CmdletDescription cmdlet, IReadOnlyList<CmdletDescription> cmdlets)
    {
        var page = new StringBuilder($"{Generated}\n\n# {cmdlet.Name}\n\n{Text(cmdlet.Synopsis)}\n\n## Syntax\n\n```text\n");
        page.AppendJoin('\n', cmdlet.ParameterSets.Select(set => Syntax(cmdlet, set))).Append("\n```\n\n## Description\n");
        foreach (string paragraph in cmdlet.Description)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{Text(paragraph)}\n");
        }

        page.Append("\n## Examples\n");
        foreach (ExampleDescription example in cmdlet.Examples)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n```powershell\n{example.Code}\n```\n\n{string.Join("\n\n", example.Remarks.Select(Text))}\n");
        }

        page.Append("\n## Parameters\n");
        foreach (ParameterDescription parameter in cmdlet.Parameters)
        {
            page.Append(
                CultureInfo.InvariantCulture, $"\n### -{parameter.Name}\n\n{Text(parameter.Description)}\n\n{Facts(cmdlet, parameter)}\n");
        }

        page.Append(
            CultureInfo.InvariantCulture,
            $"\n## Input\n\n{Types(cmdlet.InputTypes)}\n\n## Output\n\n{Types(cmdlet.OutputTypes)}\n\n## Related\n\n");
        foreach (RelatedLink link in cmdlet.Links)
        {
            page.Append(CultureInfo.InvariantCulture, $"- {Link(link, cmdlets)}\n");
        }

        return page.ToString();
    }

    private static string Syntax(CmdletDescription cmdlet, string set)
    {
        IEnumerable<string> parameters = cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Use: parameter.In(set)))
            .Where(item => item.Use is not null)
            .OrderBy(item => item.Use!.Position ?? int.MaxValue)
            .ThenBy(item => !item.Use!.IsMandatory)
            .Select(item => Syntax(item.Parameter, item.Use!));
        return $"{cmdlet.Name} {string.Join(' ', parameters)}";
    }

    private static string Syntax(ParameterDescription parameter, ParameterUse use)
    {
        string name = use.Position is null ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        string text = parameter.IsSwitch ? name : $"{name} <{parameter.TypeName}>";
        return use.IsMandatory ? text : $"[{text}]";
    }

    private static string Facts(CmdletDescription cmdlet, ParameterDescription parameter)
    {
        ParameterUse use = cmdlet.ParameterSets.Select(parameter.In).FirstOrDefault(use => use is not null)
            ?? parameter.Sets.Values.First();
        var facts = new List<string> { $"Type: `{parameter.TypeName}`" };
        if (parameter.Values.Count > 0)
        {
            facts.Add($"Values: {string.Join(", ", parameter.Values)}");
        }

        if (parameter.Aliases.Count > 0)
        {
            facts.Add($"Aliases: {string.Join(", ", parameter.Aliases)}");
        }

        facts.Add($"Required: {(use.IsMandatory ? "yes" : "no")}");
        facts.Add($"Position: {use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"}");
        facts.Add($"Pipeline input: {use.PipelineInput}");
        facts.Add($"Wildcards: {(parameter.AcceptsWildcards ? "yes" : "no")}");
        return string.Join('\n', facts.Select(fact => "- " + fact));
    }

    private static string Types(IReadOnlyList<string> types) =>
        types.Count == 0 ? "None." : string.Join('\n', types.Select(type => $"- `{type}`"));

    private static string Link(RelatedLink link, IReadOnlyList<CmdletDescription> cmdlets) =>
        cmdlets.Any(cmdlet => cmdlet.Name == link.Text) ? $"[{link.Text}]({link.Text}.md)"
        : link.Address.Length > 0 ? $"[{link.Text}]({link.Address})"
        : link.Text;

    // Escapes text that Markdown would interpret.
    private static string Text(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Cell(string text) => Text(text).Replace("|", "\\|", StringComparison.Ordinal);
}
