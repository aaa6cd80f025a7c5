// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>Formats type names as PowerShell does.</summary>
internal static class TypeNames
{
    public static string Short(Type type) => Write(type, part => part.Name);

    public static string Full(Type type) => Write(type, part => part.FullName ?? part.Name);

    /// <summary>The underlying type of a nullable one.</summary>
    public static Type Underlying(Type type) => IsNullable(type) ? type.GetGenericArguments()[0] : type;

    private static bool IsNullable(Type type) =>
        type.IsConstructedGenericType && type.GetGenericTypeDefinition().FullName == "System.Nullable`1";

    private static string Write(Type type, Func<Type, string> name)
    {
        if (IsNullable(type))
        {
            return Write(Underlying(type), name);
        }

        if (type.IsArray)
        {
            return Write(type.GetElementType()!, name) + "[]";
        }

        return type.IsConstructedGenericType
            ? $"{name(type.GetGenericTypeDefinition()).Split('`')[0]}["
                + $"{string.Join(',', type.GetGenericArguments().Select(argument => Write(argument, name)))}]"
            : name(type);
    }
}
