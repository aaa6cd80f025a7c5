// SPDX-License-Identifier: MIT

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OciPS.Tests.Support;

/// <summary>Assemblies, read and not loaded; tells which of the types and members that one refers to are in none of them.</summary>
internal sealed class AssemblySet : IDisposable
{
    private readonly List<PEReader> _files = [];
    private readonly Dictionary<string, Version> _assemblies = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<(string Assembly, string Type)> _exported = [];
    private readonly Dictionary<string, List<(MetadataReader Reader, TypeDefinitionHandle Type)>> _types = [];

    public AssemblySet(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            Add(file);
        }
    }

    /// <summary>What an assembly refers to that is not there; and what of it was looked for.</summary>
    public (IReadOnlyList<string> Missing, int Checked) Check(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader reader = image.GetMetadataReader();
        List<string> missing = [];
        missing.AddRange(reader.AssemblyReferences.Select(reader.GetAssemblyReference).Where(
            one => !Has(reader.GetString(one.Name), one.Version))
            .Select(one => $"{reader.GetString(one.Name)} {one.Version}"));
        missing.AddRange(
            reader.TypeReferences.Where(handle => !Has(reader, handle)).Select(handle => SignatureText.GetName(reader, handle)));
        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference member = reader.GetMemberReference(handle);
            if (GetParentName(reader, member.Parent) is { } type && !Has(type, reader.GetString(member.Name), Signature(reader, member)))
            {
                missing.Add($"{type}.{reader.GetString(member.Name)}: {Signature(reader, member)}");
            }
        }

        return (missing, reader.TypeReferences.Count + reader.MemberReferences.Count);
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static string Signature(MetadataReader reader, MemberReference member) => member.GetKind() == MemberReferenceKind.Field
        ? member.DecodeFieldSignature(SignatureText.Instance, null)
        : SignatureText.Format(member.DecodeMethodSignature(SignatureText.Instance, null));

    /// <summary>The type that declares a member; null for one of an array, which the runtime has.</summary>
    private static string? GetParentName(MetadataReader reader, EntityHandle parent)
    {
        string name = parent.Kind switch
        {
            HandleKind.TypeReference => SignatureText.GetName(reader, (TypeReferenceHandle)parent),
            HandleKind.TypeDefinition => SignatureText.GetName(reader, (TypeDefinitionHandle)parent),
            HandleKind.TypeSpecification =>
                reader.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureText.Instance, null),
            _ => throw new InvalidOperationException($"A member of {parent.Kind}."),
        };
        return name.EndsWith(']') ? null : name.Split(" of (", 2)[0];
    }

    private void Add(string file)
    {
        var image = new PEReader(File.OpenRead(file));
        _files.Add(image);
        MetadataReader reader = image.GetMetadataReader();
        string assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
        _assemblies.Add(assembly, reader.GetAssemblyDefinition().Version);
        _exported.UnionWith(reader.ExportedTypes.Select(reader.GetExportedType).Select(
            type => (assembly, SignatureText.Join(reader, type.Namespace, type.Name))));
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            string name = SignatureText.GetName(reader, handle);
            if (!_types.TryGetValue(name, out List<(MetadataReader, TypeDefinitionHandle)>? found))
            {
                _types.Add(name, found = []);
            }

            found.Add((reader, handle));
            _exported.Add((assembly, name));
        }
    }

    private bool Has(string assembly, Version version) => _assemblies.TryGetValue(assembly, out Version? found) && found >= version;

    /// <summary>Whether a type is where it is looked for: in that assembly, or forwarded by it.</summary>
    private bool Has(MetadataReader reader, TypeReferenceHandle handle)
    {
        string name = SignatureText.GetName(reader, handle);
        return _types.ContainsKey(name)
            && (reader.GetTypeReference(handle).ResolutionScope is not { Kind: HandleKind.AssemblyReference } scope
            || _exported.Contains((reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name), name)));
    }

    private bool Has(string type, string name, string signature) =>
        _types.TryGetValue(type, out List<(MetadataReader Reader, TypeDefinitionHandle Type)>? found)
        && found.Any(one => Declares(one.Reader, one.Type, name, signature));

    // A compiler names the type that declares a member: bases need not be asked.
    private static bool Declares(MetadataReader reader, TypeDefinitionHandle handle, string name, string signature)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return type.GetMethods().Select(reader.GetMethodDefinition).Any(method => reader.StringComparer.Equals(method.Name, name)
                && SignatureText.Format(method.DecodeSignature(SignatureText.Instance, null)) == signature)
            || type.GetFields().Select(reader.GetFieldDefinition).Any(field => reader.StringComparer.Equals(field.Name, name)
                && field.DecodeSignature(SignatureText.Instance, null) == signature);
    }
}
