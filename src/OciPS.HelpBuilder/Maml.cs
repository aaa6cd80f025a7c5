// SPDX-License-Identifier: MIT

using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>The namespaces and recurring elements of MAML.</summary>
internal static class Maml
{
    public static readonly XNamespace Help = "http://msh";
    public static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    public static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    public static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XElement Paragraphs(XName name, IEnumerable<string> texts) =>
        new(name, texts.Select(text => new XElement(Text + "para", text)));

    public static XElement Type(string name) => new(Dev + "type", new XElement(Text + "name", name), new XElement(Text + "uri"));

    public static string Boolean(bool value) => value ? "true" : "false";
}
