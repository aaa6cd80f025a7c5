// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Xml.Linq;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Outputs that are serialised and come back: each type has its converter.</summary>
public sealed class SavedOutputTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void TypesFile_EveryOutput_IsNamedWithItsConverterAndItsTarget()
    {
        Type module = _engine.Run("Get-Command Get-OciImageFile").Select(command => (Type)command.Value("ImplementingType")!).Single();
        string[] outputs = [.. module.Assembly.GetExportedTypes()
            .Where(type => type.Namespace == "OciPS"
                && type.IsClass
                && type.GetConstructors().Length == 0
                && !type.IsAbstract
                && type.Name is not ("OciReference" or "OciTextMap"))
            .Select(type => type.FullName!).Order(StringComparer.Ordinal)];
        var types = XDocument.Load(Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "OciPS.Types.ps1xml"));

        Assert.Contains("OciPS.OciImageFile", outputs);
        Assert.Equal(outputs, types.Descendants("Type").Where(
            type => (string?)type.Element("TypeConverter")?.Element("TypeName") == "OciPS.OciOutputConverter")
            .Select(type => (string)type.Element("Name")!).Order(StringComparer.Ordinal));
        Assert.Equal(outputs, types.Descendants("NoteProperty").Where(
            note => (string?)note.Element("Name") == "TargetTypeForDeserialization")
            .Select(note => (string)note.Element("Value")!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OciImageFile_SavedAndBack_IsReadFromItsImage()
    {
        _engine.Layout("images").Add("app", TestImage.App());
        PSObject file = Assert.Single(_engine.Run("Get-OciImageFile oci:images:app -Type HardLink"));

        PSObject back = Deserialize(Serialize(file));

        Assert.Equal("upper", back.Call<string>("ReadAllText"));
        Assert.Equal(
            file.Properties.Select(property => $"{property.Name}={property.Value}"),
            back.Properties.Select(property => $"{property.Name}={property.Value}"));
    }

    [Fact]
    public void OciImageFile_OfWhichThingsAreMissing_StaysDeserialised()
    {
        _engine.Layout("images").Add("app", TestImage.App());
        string text = Serialize(Assert.Single(_engine.Run("Get-OciImageFile oci:images:app -LiteralPath bin/tool")));

        foreach (string name in new[] { "FullName", "Reference", "LayerDigest" })
        {
            PSObject back = Deserialize(text.Replace($"N=\"{name}\"", "N=\"Other\"", StringComparison.Ordinal));
            Assert.Equal("Deserialized.OciPS.OciImageFile", back.TypeNames[0]);
        }
    }

    // In the engine, whose table of types has the module's.
    private string Serialize(PSObject item) =>
        _engine.Run("[System.Management.Automation.PSSerializer]::Serialize($args[0], 1)", item).Single().ToString();

    private PSObject Deserialize(string text) =>
        _engine.Run("[System.Management.Automation.PSSerializer]::Deserialize($args[0])", text).Single();
}
