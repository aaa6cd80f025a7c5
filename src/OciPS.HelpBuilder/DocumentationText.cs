// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>Converts the elements of documentation comments to plain text.</summary>
/// <param name="cmdlets">The cmdlets' names by the documentation ids of their classes; help shows the names.</param>
internal sealed partial class DocumentationText(IReadOnlyDictionary<string, string> cmdlets)
{
    /// <summary>The content of an element in one line.</summary>
    public string Line(XElement? element) => Normalise(Inline(element?.Nodes() ?? []));

    /// <summary>Paragraphs and lists; text between them is a paragraph of its own.</summary>
    public IReadOnlyList<string> Paragraphs(XElement? element)
    {
        var paragraphs = new List<string>();
        var run = new List<XNode>();
        foreach (XNode node in element?.Nodes() ?? [])
        {
            if (node is XElement { Name.LocalName: "para" or "list" or "code" } block)
            {
                paragraphs.Add(Normalise(Inline(run)));
                run.Clear();
                paragraphs.AddRange(Block(block));
            }
            else
            {
                run.Add(node);
            }
        }

        paragraphs.Add(Normalise(Inline(run)));
        paragraphs.RemoveAll(paragraph => paragraph.Length == 0);
        return paragraphs;
    }

    /// <summary>Keeps line breaks and removes the common indentation.</summary>
    public static string Code(XElement element)
    {
        string[] lines = element.Value.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).ToArray();
        int indentation = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0)
            .Min();
        return string.Join('\n', lines.Select(line => line.Length > indentation ? line[indentation..] : string.Empty)).Trim('\n');
    }

    public RelatedLink Link(XElement element)
    {
        string text = Line(element);
        return (string?)element.Attribute("href") is { } address
            ? new RelatedLink(text, address)
            : new RelatedLink(text.Length > 0 ? text : Name(element), string.Empty);
    }

    private IEnumerable<string> Block(XElement block) => block.Name.LocalName switch
    {
        "list" => block.Elements("item").Select(item => "- " + Item(item)),
        "code" => [Code(block)],
        _ => Paragraphs(block),
    };

    private string Item(XElement item) => item.Element("term") is { } term && item.Element("description") is { } description
        ? $"{Line(term)}: {Line(description)}"
        : Line(item);

    private string Inline(IEnumerable<XNode> nodes)
    {
        var text = new StringBuilder();
        foreach (XNode node in nodes)
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "br" } => " ",
                XElement { Name.LocalName: "para" } paragraph => $" {Inline(paragraph.Nodes())} ",
                XElement { IsEmpty: true } reference => Name(reference),
                XElement other => (string?)other.Attribute("href") is { } address ? $"{other.Value} ({address})" : Inline(other.Nodes()),
                _ => string.Empty,
            });
        }

        return text.ToString();
    }

    private string Name(XElement reference)
    {
        string name = (string?)(reference.Attribute("cref")
            ?? reference.Attribute("name")
            ?? reference.Attribute("langword")
            ?? reference.Attribute("href")) ?? string.Empty;
        return reference.Attribute("cref") is null ? name
            : cmdlets.GetValueOrDefault(name) ?? name.Split('(')[0].Split('.', ':')[^1].Split('`', '~')[0];
    }

    private static string Normalise(string text) => WhiteSpace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
