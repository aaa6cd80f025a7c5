// SPDX-License-Identifier: MIT

using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>Writes help as MAML, which PowerShell reads.</summary>
/// <remarks>PowerShell's "Writing Help for PowerShell Cmdlets"; the schema is <c>PSMaml</c>.</remarks>
internal static class MamlWriter
{
    public static XDocument Write(IEnumerable<CmdletDescription> cmdlets) => new(
        new XElement(
            Maml.Help + "helpItems",
            new XAttribute("schema", "maml"),
            cmdlets.Select(Write)));

    private static XElement Write(CmdletDescription cmdlet) => new(
        Maml.Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml.Text),
        new XAttribute(XNamespace.Xmlns + "command", Maml.Command),
        new XAttribute(XNamespace.Xmlns + "dev", Maml.Dev),
        new XElement(
            Maml.Command + "details",
            new XElement(Maml.Command + "name", cmdlet.Name),
            new XElement(Maml.Command + "verb", cmdlet.Verb),
            new XElement(Maml.Command + "noun", cmdlet.Noun),
            Maml.Paragraphs(Maml.Text + "description", [cmdlet.Synopsis])),
        Maml.Paragraphs(Maml.Text + "description", cmdlet.Description),
        ParameterWriter.Syntax(cmdlet),
        ParameterWriter.Parameters(cmdlet),
        Types("inputType", cmdlet.InputTypes),
        Types("returnValue", cmdlet.OutputTypes),
        new XElement(Maml.Command + "examples", cmdlet.Examples.Select(WriteExample)),
        new XElement(Maml.Command + "relatedLinks", cmdlet.Links.Select(WriteLink)));

    // The empty paragraph at the end is the blank line before the next example.
    private static XElement WriteExample(ExampleDescription example, int index) => new(
        Maml.Command + "example",
        new XElement(
            Maml.Text + "title", $"---------- Example {index + 1}{(example.Title.Length > 0 ? ": " : "")}{example.Title} ----------"),
        new XElement(Maml.Dev + "code", example.Code),
        Maml.Paragraphs(Maml.Dev + "remarks", [.. example.Remarks, string.Empty]));

    private static XElement WriteLink(RelatedLink link) => new(
        Maml.Text + "navigationLink",
        new XElement(Maml.Text + "linkText", link.Text),
        new XElement(Maml.Text + "uri", link.Address));

    private static XElement Types(string name, IReadOnlyList<string> types) => new(
        Maml.Command + (name + "s"),
        types.DefaultIfEmpty("None").Select(type => new XElement(Maml.Command + name, Maml.Type(type))));
}
