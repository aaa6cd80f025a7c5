// SPDX-License-Identifier: MIT

using System.Reflection;

namespace OciPS.HelpBuilder;

/// <summary>Reads a cmdlet's parameters, including those of its base classes.</summary>
internal static class ParameterReader
{
    private const string AllSets = "__AllParameterSets";

    private static readonly ParameterDescription[] s_shouldProcess =
    [
        Switch("WhatIf", "wi", "Shows what would be done, and writes nothing."),
        Switch("Confirm", "cf", "Asks before anything is written."),
    ];

    public static IReadOnlyList<ParameterDescription> Read(Type cmdlet, DocumentationComments comments) =>
    [
        .. Properties(cmdlet).Select(property => Describe(property, comments)),
        .. cmdlet.Attribute("Cmdlet")!.Named<bool>("SupportsShouldProcess") ? s_shouldProcess : [],
    ];

    /// <summary>The types that the cmdlet takes from the pipeline by value.</summary>
    public static IEnumerable<Type> InputTypes(Type cmdlet) => Properties(cmdlet)
        .Where(property => property.Attributes("Parameter").Any(use => use.Named<bool>("ValueFromPipeline")))
        .Select(property => property.PropertyType);

    // In source order, where the most important parameters come first.
    private static IEnumerable<PropertyInfo> Properties(Type cmdlet) => cmdlet
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.Attribute("Parameter") is { } use && !use.Named<bool>("DontShow"))
        .OrderBy(property => property.DeclaringType != cmdlet)
        .ThenBy(property => property.MetadataToken)
        .DistinctBy(property => property.Name);

    private static ParameterDescription Describe(PropertyInfo property, DocumentationComments comments)
    {
        Type type = TypeNames.Underlying(property.PropertyType);
        return new ParameterDescription(property.Name, TypeNames.Short(type))
        {
            Description = comments.Summary(property),
            Aliases = property.Attributes("Alias").SelectMany(alias => alias.Arguments()).OfType<string>().ToArray(),
            Values = Values(property, type),
            AcceptsWildcards = property.Attribute("SupportsWildcards") is not null,
            Default = property.Attribute("PSDefaultValue")?.Named<string>("Help")
                ?? comments.Value(property)
                ?? (TypeNames.Short(type) == "SwitchParameter" ? "False" : null),
            Sets = property.Attributes("Parameter")
                .GroupBy(use => use.Named<string>("ParameterSetName") is { } set && set != AllSets ? set : string.Empty)
                .ToDictionary(uses => uses.Key, uses => Use(uses.First())),
        };
    }

    private static ParameterUse Use(CustomAttributeData attribute) => new(
        attribute.Named<bool>("Mandatory"),
        attribute.Names("Position") ? attribute.Named<int>("Position") : null,
        attribute.Named<bool>("ValueFromPipeline"),
        attribute.Named<bool>("ValueFromPipelineByPropertyName"));

    private static string[] Values(PropertyInfo property, Type type)
    {
        Type element = type.IsArray ? type.GetElementType()! : type;
        string[] listed = property.Attribute("ValidateSet")?.Arguments().OfType<string>().ToArray() ?? [];
        return listed.Length == 0 && element.IsEnum ? element.GetEnumNames() : listed;
    }

    private static ParameterDescription Switch(string name, string alias, string description) => new(name, "SwitchParameter")
    {
        Description = description,
        Aliases = [alias],
        Values = [],
        AcceptsWildcards = false,
        Default = "False",
        Sets = new Dictionary<string, ParameterUse> { [string.Empty] = new(false, null, false, false) },
    };
}
