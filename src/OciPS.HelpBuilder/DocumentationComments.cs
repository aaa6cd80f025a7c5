// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>The documentation comments of an assembly, as plain text.</summary>
internal sealed class DocumentationComments
{
    private readonly Dictionary<string, XElement> _members;
    private readonly DocumentationText _text;

    public DocumentationComments(XDocument document, IEnumerable<Type> cmdlets)
    {
        _members = document.Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);
        _text = new DocumentationText(cmdlets.ToDictionary(Id, CmdletReader.Name));
    }

    public string Summary(Type type) => _text.Line(Find(type)?.Element("summary"));

    public string Summary(PropertyInfo property) => _text.Line(Find(property)?.Element("summary"));

    /// <summary>The default value of a property, in words.</summary>
    public string? Value(PropertyInfo property) => Find(property)?.Element("value") is { } value ? _text.Line(value) : null;

    public IReadOnlyList<string> Remarks(Type type) => _text.Paragraphs(Find(type)?.Element("remarks"));

    public IReadOnlyList<ExampleDescription> Examples(Type type) => Elements(type, "example").Select(Example).ToArray();

    public IReadOnlyList<RelatedLink> Links(Type type) => Elements(type, "seealso").Select(_text.Link).ToArray();

    private ExampleDescription Example(XElement element)
    {
        XElement[] code = element.Elements("code").ToArray();
        var rest = new XElement(element);
        rest.Elements().Where(part => part.Name.LocalName is "code" or "title").Remove();
        return new ExampleDescription(
            _text.Line(element.Element("title")),
            string.Join("\n\n", code.Select(DocumentationText.Code)),
            _text.Paragraphs(rest));
    }

    private IEnumerable<XElement> Elements(Type type, string name) => Find(type)?.Elements(name) ?? [];

    private XElement? Find(Type type) => _members.GetValueOrDefault(Id(type));

    private XElement? Find(PropertyInfo property) => _members.GetValueOrDefault($"P:{Id(property.DeclaringType!)[2..]}.{property.Name}");

    private static string Id(Type type) =>
        "T:" + (type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
}
