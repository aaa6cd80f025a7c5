// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>Writes help in the form that PowerShell reads.</summary>
/// <remarks>PowerShell's "Writing Help for PowerShell Cmdlets"; the schema is <c>PSMaml</c>.</remarks>
internal static class MamlWriter
{
    private static readonly XNamespace s_help = "http://msh";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XDocument Write(IEnumerable<CmdletDescription> cmdlets) => new(
        new XElement(
            s_help + "helpItems",
            new XAttribute("schema", "maml"),
            cmdlets.Select(Write)));

    private static XElement Write(CmdletDescription cmdlet) => new(
        s_command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", s_maml),
        new XAttribute(XNamespace.Xmlns + "command", s_command),
        new XAttribute(XNamespace.Xmlns + "dev", s_dev),
        new XElement(
            s_command + "details",
            new XElement(s_command + "name", cmdlet.Name),
            new XElement(s_command + "verb", cmdlet.Verb),
            new XElement(s_command + "noun", cmdlet.Noun),
            Paragraphs(s_maml + "description", [cmdlet.Synopsis])),
        Paragraphs(s_maml + "description", cmdlet.Description),
        new XElement(s_command + "syntax", cmdlet.ParameterSets.Select(set => WriteSyntax(cmdlet, set))),
        new XElement(s_command + "parameters", cmdlet.Parameters.Select(parameter => WriteParameter(parameter, FirstUse(cmdlet, parameter), inSyntax: false))),
        new XElement(s_command + "inputTypes", InputTypes(cmdlet).Select(type => Type(s_command + "inputType", type))),
        new XElement(s_command + "returnValues", cmdlet.OutputTypes.Select(type => Type(s_command + "returnValue", type))),
        new XElement(s_command + "examples", cmdlet.Examples.Select(WriteExample)),
        new XElement(s_command + "relatedLinks"));

    private static XElement WriteSyntax(CmdletDescription cmdlet, string set) => new(
        s_command + "syntaxItem",
        new XElement(s_maml + "name", cmdlet.Name),
        cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Use: parameter.In(set)))
            .Where(item => item.Use is not null)
            .OrderBy(item => item.Use!.Position ?? int.MaxValue)
            .ThenBy(item => !item.Use!.IsMandatory)
            .Select(item => WriteParameter(item.Parameter, item.Use!, inSyntax: true)));

    private static XElement WriteParameter(ParameterDescription parameter, ParameterUse use, bool inSyntax) => new(
        s_command + "parameter",
        new XAttribute("required", Text(use.IsMandatory)),
        new XAttribute("variableLength", "true"),
        new XAttribute("globbing", Text(parameter.AcceptsWildcards)),
        new XAttribute("pipelineInput", use.PipelineInput),
        new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(s_maml + "name", parameter.Name),
        Paragraphs(s_maml + "Description", [parameter.Description + (inSyntax || parameter.Values.Count == 0 ? "" : $" Values: {string.Join(", ", parameter.Values)}.")]),
        parameter.IsSwitch && inSyntax
            ? null
            : new XElement(
                s_command + "parameterValue",
                new XAttribute("required", Text(!parameter.IsSwitch)),
                new XAttribute("variableLength", "false"),
                parameter.TypeName),
        Type(null, parameter.TypeName),
        new XElement(s_dev + "defaultValue", parameter.Default ?? "None"));

    private static XElement WriteExample(ExampleDescription example, int index) => new(
        s_command + "example",
        new XElement(s_maml + "title", $"---------- Example {index + 1} ----------"),
        new XElement(s_dev + "code", example.Code),
        Paragraphs(s_dev + "remarks", example.Remarks));

    // Where a parameter differs between sets, the default set's way stands in its description.
    private static ParameterUse FirstUse(CmdletDescription cmdlet, ParameterDescription parameter) =>
        cmdlet.ParameterSets.Select(parameter.In).FirstOrDefault(use => use is not null) ?? parameter.Sets.Values.First();

    private static IEnumerable<string> InputTypes(CmdletDescription cmdlet) => cmdlet.Parameters
        .Where(parameter => parameter.Sets.Values.Any(use => use.ByValue || use.ByPropertyName))
        .Select(parameter => parameter.TypeName).Distinct();

    private static XElement Type(XName? outer, string name)
    {
        var type = new XElement(s_dev + "type", new XElement(s_maml + "name", name), new XElement(s_maml + "uri"));
        return outer is null ? type : new XElement(outer, type);
    }

    private static XElement Paragraphs(XName name, IEnumerable<string> texts) => new(name, texts.Select(text => new XElement(s_maml + "para", text)));

    private static string Text(bool value) => value ? "true" : "false";
}
