// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>The documentation comments of an assembly, as plain text.</summary>
internal sealed partial class DocumentationComments(XDocument document)
{
    private readonly Dictionary<string, XElement> _members = document.Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    public string Summary(Type type) => Text(Find("T:" + type.FullName)?.Element("summary"));

    public string Summary(PropertyInfo property) => Text(Find($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary"));

    public IReadOnlyList<string> Remarks(Type type) => Paragraphs(Find("T:" + type.FullName)?.Element("remarks"));

    public IReadOnlyList<ExampleDescription> Examples(Type type) => (Find("T:" + type.FullName)?.Elements("example") ?? [])
        .Select(example => new ExampleDescription(Code(example.Element("code")), Paragraphs(example)))
        .ToArray();

    private XElement? Find(string name) => _members.GetValueOrDefault(name);

    private static string[] Paragraphs(XElement? element) => element is null
        ? []
        : element.Elements("para").Select(Text).DefaultIfEmpty(element.Element("code") is null ? Text(element) : string.Empty).Where(text => text.Length > 0).ToArray();

    private static string Text(XElement? element)
    {
        var text = new StringBuilder();
        foreach (XNode node in element?.Nodes() ?? [])
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" or "paramref" } link => ((string?)link.Attribute("cref") ?? (string?)link.Attribute("name") ?? link.Value).Split('.', ':')[^1],
                XElement other => Text(other),
                _ => string.Empty,
            });
        }

        return WhiteSpace().Replace(text.ToString(), " ").Trim();
    }

    // Lines stay; the indentation that all of them have goes.
    private static string Code(XElement? element)
    {
        string[] lines = (element?.Value ?? string.Empty).Replace("\r", "", StringComparison.Ordinal).Split('\n');
        int indentation = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length > indentation ? line[indentation..] : line.Trim())).Trim('\n');
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
