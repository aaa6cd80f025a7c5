// SPDX-License-Identifier: MIT

using System.Reflection;

namespace OciPS.HelpBuilder;

/// <summary>Reads PowerShell's attributes from metadata by name, without loading their code.</summary>
internal static class PowerShellAttributes
{
    private const string Namespace = "System.Management.Automation.";

    public static CustomAttributeData? Attribute(this MemberInfo member, string name) => member.Attributes(name).FirstOrDefault();

    public static IEnumerable<CustomAttributeData> Attributes(this MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Namespace + name + "Attribute");

    public static T? Named<T>(this CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => (T?)argument.TypedValue.Value)
            .FirstOrDefault();

    public static bool Names(this CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Any(argument => argument.MemberName == name);

    /// <summary>The constructor's arguments, including those in a <c>params</c> array.</summary>
    public static IEnumerable<object?> Arguments(this CustomAttributeData attribute) => attribute.ConstructorArguments
        .SelectMany(argument => argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : [argument])
        .Select(argument => argument.Value);
}
