// SPDX-License-Identifier: MIT

using System.Reflection;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// What users touch is in OciPS.dll: the core and the libraries are loaded where [Type] literals and other modules do not find them.
/// </summary>
public sealed class PublicTypesTests : IDisposable
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private Assembly Module =>
        _engine.Run("Get-Command Get-OciImageFile").Select(command => (Type)command.Value("ImplementingType")!).Single().Assembly;

    [Fact]
    public void PublicTypes_Members_HaveNoTypeOfTheCoreOrOfALibrary()
    {
        Type[] types = Module.GetExportedTypes();

        Assert.Contains(types, type => type.Name == "OciImageFile");
        Assert.Empty(
            types.SelectMany(type => Uses(type).Where(use => !IsAllowed(use.Type)).Select(use => $"{type}.{use.Member}: {use.Type}")));
    }

    [Fact]
    public void PublicTypes_Properties_AreTextWhereACoreValueIs()
    {
        PropertyInfo[] properties = [.. Module.GetExportedTypes().SelectMany(type => type.GetProperties())];

        Assert.All(
            properties.Where(property => property.Name.EndsWith("Digest", StringComparison.Ordinal)
                || property.Name is "BeforeContent" or "AfterContent"),
            property => Assert.Equal(typeof(string), property.PropertyType));
        // An enumeration is a number in JSON; parameters have them, outputs do not.
        Assert.Equal(
            ["OciImageFile.UnixFileMode"],
            properties.Where(
                property => property.PropertyType.IsEnum && !property.DeclaringType!.Name.EndsWith("Command", StringComparison.Ordinal))
                .Select(property => $"{property.DeclaringType!.Name}.{property.Name}"));
    }

    [Fact]
    public void Assembly_References_AreTheCoreAndPowerShellAlone() => Assert.Equal(
        ["OciPS.Core", "System.Management.Automation"],
        Module.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"))).Order());

    private static IEnumerable<(string Member, Type Type)> Uses(Type type)
    {
        IEnumerable<(string Member, Type? Type)> uses =
        [
            ("base", type.BaseType),
            .. type.GetInterfaces().Select(use => ("interface", (Type?)use)),
            .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)
            .Select(field => (field.Name, (Type?)field.FieldType)),
            .. type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
                .Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
                .SelectMany(method => method.GetParameters()
                    .Select(parameter => parameter.ParameterType)
                    .Append((method as MethodInfo)?.ReturnType)
                    .Select(use => (method.Name, use))),
        ];
        return uses.SelectMany(use => Parts(use.Type).Select(part => (use.Member, part)));
    }

    private static IEnumerable<Type> Parts(Type? type) => type is null ? []
        : type.HasElementType ? Parts(type.GetElementType())
        : type.GetGenericArguments().SelectMany(Parts).Append(type);

    private bool IsAllowed(Type type) => type.Assembly == Module || type.Assembly.GetName().Name == "System.Management.Automation"
        || Path.GetDirectoryName(type.Assembly.Location) == Path.GetDirectoryName(typeof(object).Assembly.Location);
}
