// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>Writes the syntax of a cmdlet and its parameters.</summary>
internal static class ParameterWriter
{
    public static XElement Syntax(CmdletDescription cmdlet) => new(
        Maml.Command + "syntax",
        cmdlet.ParameterSets.Select(set => SyntaxItem(cmdlet, set)));

    public static XElement Parameters(CmdletDescription cmdlet) => new(
        Maml.Command + "parameters",
        cmdlet.Parameters.Select(parameter => Parameter(parameter, FirstUse(cmdlet, parameter), inSyntax: false)));

    private static XElement SyntaxItem(CmdletDescription cmdlet, string set) => new(
        Maml.Command + "syntaxItem",
        new XElement(Maml.Text + "name", cmdlet.Name),
        cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Use: parameter.In(set)))
            .Where(item => item.Use is not null)
            .OrderBy(item => item.Use!.Position ?? int.MaxValue)
            .ThenBy(item => !item.Use!.IsMandatory)
            .Select(item => Parameter(item.Parameter, item.Use!, inSyntax: true)));

    // PowerShell shows the list of values in the syntax only; below PARAMETERS the text gives the values.
    private static XElement Parameter(ParameterDescription parameter, ParameterUse use, bool inSyntax) => new(
        Maml.Command + "parameter",
        new XAttribute("required", Maml.Boolean(use.IsMandatory)),
        new XAttribute("variableLength", Maml.Boolean(parameter.IsArray)),
        new XAttribute("globbing", Maml.Boolean(parameter.AcceptsWildcards)),
        new XAttribute("pipelineInput", use.PipelineInput),
        new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml.Text + "name", parameter.Name),
        Maml.Paragraphs(Maml.Text + "Description", inSyntax ? [parameter.Description] : Description(parameter)),
        inSyntax && parameter.Values.Count > 0
            ? new XElement(Maml.Command + "parameterValueGroup", parameter.Values.Select(value => Value(value, false, false)))
            : null,
        inSyntax && parameter.IsSwitch ? null : Value(parameter.TypeName, !parameter.IsSwitch, parameter.IsArray),
        Maml.Type(parameter.TypeName),
        new XElement(Maml.Dev + "defaultValue", parameter.Default ?? "None"));

    private static IEnumerable<string> Description(ParameterDescription parameter) => parameter.Values.Count == 0
        ? [parameter.Description]
        : [parameter.Description, $"Values: {string.Join(", ", parameter.Values)}."];

    private static XElement Value(string text, bool isRequired, bool isMany) => new(
        Maml.Command + "parameterValue",
        new XAttribute("required", Maml.Boolean(isRequired)),
        new XAttribute("variableLength", Maml.Boolean(isMany)),
        text);

    // If a parameter differs between sets, its description shows the default set.
    private static ParameterUse FirstUse(CmdletDescription cmdlet, ParameterDescription parameter) =>
        cmdlet.ParameterSets.Select(parameter.In).FirstOrDefault(use => use is not null) ?? parameter.Sets.Values.First();
}
