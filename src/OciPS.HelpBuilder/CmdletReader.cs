// SPDX-License-Identifier: MIT

using System.Reflection;

namespace OciPS.HelpBuilder;

/// <summary>Reads cmdlets from an assembly's metadata, without running its code.</summary>
internal static class CmdletReader
{
    /// <summary>The cmdlets that PowerShell finds in a binary module.</summary>
    public static IReadOnlyList<Type> Find(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.IsVisible && !type.IsAbstract && type.Attribute("Cmdlet") is not null)
        .OrderBy(Name, StringComparer.Ordinal)
        .ToArray();

    public static string Name(Type type) => string.Join('-', type.Attribute("Cmdlet")!.Arguments());

    public static CmdletDescription Read(Type type, DocumentationComments comments)
    {
        CustomAttributeData cmdlet = type.Attribute("Cmdlet")!;
        IReadOnlyList<ParameterDescription> parameters = ParameterReader.Read(type, comments);
        string[] name = cmdlet.Arguments().OfType<string>().ToArray();
        return new CmdletDescription(name[0], name[1])
        {
            Synopsis = comments.Summary(type),
            Description = comments.Remarks(type),
            Examples = comments.Examples(type),
            Parameters = parameters,
            ParameterSets = Sets(parameters, cmdlet.Named<string>("DefaultParameterSetName")),
            InputTypes = ParameterReader.InputTypes(type).Select(TypeNames.Full).Distinct().ToArray(),
            OutputTypes = type.Attributes("OutputType").SelectMany(output => output.Arguments()).Select(OutputType).OfType<string>()
                .Distinct()
                .ToArray(),
            Links = comments.Links(type),
        };
    }

    private static string[] Sets(IReadOnlyList<ParameterDescription> parameters, string? first)
    {
        string[] sets = parameters.SelectMany(parameter => parameter.Sets.Keys).Where(set => set.Length > 0)
            .Prepend(first ?? string.Empty).Where(set => set.Length > 0).Distinct().ToArray();
        return sets.Length == 0 ? [string.Empty] : sets;
    }

    private static string? OutputType(object? argument) => argument is Type type ? TypeNames.Full(type) : argument as string;
}
