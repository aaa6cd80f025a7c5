// SPDX-License-Identifier: MIT

using System.Reflection;

namespace OciPS.HelpBuilder;

/// <summary>Reads cmdlets out of an assembly's metadata; none of its code runs.</summary>
internal static class CmdletReader
{
    private const string Namespace = "System.Management.Automation.";
    private const string AllSets = "__AllParameterSets";

    public static IReadOnlyList<CmdletDescription> Read(Assembly assembly, DocumentationComments comments) => assembly.GetTypes()
        .Where(type => type is { IsPublic: true, IsAbstract: false } && Attribute(type, "CmdletAttribute") is not null)
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .Select(type => Describe(type, comments))
        .ToArray();

    private static CmdletDescription Describe(Type type, DocumentationComments comments)
    {
        CustomAttributeData cmdlet = Attribute(type, "CmdletAttribute")!;
        ParameterDescription[] parameters = Properties(type)
            .Where(property => Attribute(property, "ParameterAttribute") is not null)
            .Select(property => Describe(property, comments))
            .Concat(Named<bool>(cmdlet, "SupportsShouldProcess") ? s_shouldProcess : [])
            .ToArray();
        string? first = Named<string>(cmdlet, "DefaultParameterSetName");
        string[] sets = parameters.SelectMany(parameter => parameter.Sets.Keys).Where(set => set.Length > 0).Distinct().OrderBy(set => set != first).ToArray();
        return new CmdletDescription((string)cmdlet.ConstructorArguments[0].Value!, (string)cmdlet.ConstructorArguments[1].Value!)
        {
            Synopsis = comments.Summary(type),
            Description = comments.Remarks(type),
            Examples = comments.Examples(type),
            Parameters = parameters,
            ParameterSets = sets.Length == 0 ? [string.Empty] : sets,
            OutputTypes = Attributes(type, "OutputTypeAttribute").SelectMany(OutputTypes).ToArray(),
        };
    }

    private static readonly ParameterDescription[] s_shouldProcess =
    [
        Switch("Confirm", ["cf"], "Asks before anything is written."),
        Switch("WhatIf", ["wi"], "Shows what would be done, and writes nothing."),
    ];

    private static ParameterDescription Switch(string name, string[] aliases, string description) => new(name, "SwitchParameter", true)
    {
        Description = description,
        Aliases = aliases,
        Values = [],
        AcceptsWildcards = false,
        Default = "False",
        Sets = new Dictionary<string, ParameterUse> { [string.Empty] = new(false, null, false, false) },
    };

    private static ParameterDescription Describe(PropertyInfo property, DocumentationComments comments)
    {
        Type type = Underlying(property.PropertyType);
        bool isSwitch = type.Name == "SwitchParameter";
        return new ParameterDescription(property.Name, type.Name, isSwitch)
        {
            Description = comments.Summary(property),
            Aliases = Attributes(property, "AliasAttribute").SelectMany(alias => Strings(alias.ConstructorArguments[0])).ToArray(),
            Values = Values(property, type),
            AcceptsWildcards = Attribute(property, "SupportsWildcardsAttribute") is not null,
            Default = Attribute(property, "PSDefaultValueAttribute") is { } value ? Named<string>(value, "Help") : isSwitch ? "False" : null,
            Sets = Attributes(property, "ParameterAttribute").ToDictionary(
                use => Named<string>(use, "ParameterSetName") is { } set && set != AllSets ? set : string.Empty,
                Use),
        };
    }

    private static ParameterUse Use(CustomAttributeData attribute) => new(
        Named<bool>(attribute, "Mandatory"),
        attribute.NamedArguments.Any(argument => argument.MemberName == "Position") ? Named<int>(attribute, "Position") : null,
        Named<bool>(attribute, "ValueFromPipeline"),
        Named<bool>(attribute, "ValueFromPipelineByPropertyName"));

    private static string[] Values(PropertyInfo property, Type type)
    {
        Type element = type.IsArray ? type.GetElementType()! : type;
        return element.IsEnum ? element.GetEnumNames()
            : Attribute(property, "ValidateSetAttribute") is { } set ? Strings(set.ConstructorArguments[0]).ToArray()
            : [];
    }

    private static Type Underlying(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Nullable`1" ? type.GetGenericArguments()[0] : type;

    // The order of the source: what people need first stands first.
    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.DeclaringType != type).ThenBy(property => property.MetadataToken);

    private static IEnumerable<string> OutputTypes(CustomAttributeData attribute) => attribute.ConstructorArguments
        .SelectMany(argument => argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : [argument])
        .Select(argument => argument.Value).OfType<Type>().Select(type => type.FullName!);

    private static IEnumerable<string> Strings(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many.Select(item => (string)item.Value!) : [(string)argument.Value!];

    private static CustomAttributeData? Attribute(MemberInfo member, string name) => Attributes(member, name).FirstOrDefault();

    private static IEnumerable<CustomAttributeData> Attributes(MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Namespace + name);

    private static T? Named<T>(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => (T?)argument.TypedValue.Value).FirstOrDefault();
}
