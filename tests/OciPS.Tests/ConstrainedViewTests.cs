// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Xml.Linq;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What is shown does not depend on what scripts are allowed, nor on whether an object came out of a file.</summary>
[Collection(Alone.Name)]
public sealed class ConstrainedViewTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] s_views = ["", " | Format-Table", " | Format-List", " | Format-Wide"];

    private readonly Engine _engine = new();
    private readonly OutputSamples _samples;

    public ConstrainedViewTests() => _samples = new OutputSamples(_engine);

    public static TheoryData<string> Types => [.. OutputSamples.Names];

    public Task InitializeAsync() => _samples.PrepareAsync();

    public async Task DisposeAsync()
    {
        _engine.LanguageMode = PSLanguageMode.FullLanguage;
        await _samples.StopAsync();
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Samples_Types_AreAllThatCmdletsEmit()
    {
        Type module = _engine.Run("Get-Command Get-OciImageFile").Select(command => (Type)command.Value("ImplementingType")!).Single();

        Assert.Equal(
            module.Assembly.GetExportedTypes()
                .Where(type => type.Namespace == "OciPS" && type.IsClass && type.GetConstructors().Length == 0 && !type.IsAbstract)
                .Where(type => type.Name is not ("OciReference" or "OciTextMap"))
                .Select(type => type.Name).Order(StringComparer.Ordinal),
            OutputSamples.Names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Views_UnderConstrainedLanguage_AreThoseOfFullLanguage(string type)
    {
        _samples.Set(type);
        string[][] full = [.. s_views.Select(Show)];

        _engine.LanguageMode = PSLanguageMode.ConstrainedLanguage;

        Assert.Equal($"OciPS.{type}", _engine.Run("$sample.PSTypeNames[0]").Single().ToString());
        Assert.Equal(full, s_views.Select(Show));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Views_OfWhatStayedDeserialised_AreThoseOfTheObject(string type)
    {
        _samples.Set(type);
        string[][] live = [.. s_views.Select(Show)];
        _samples.LeaveDeserialised();

        Assert.Equal($"Deserialized.OciPS.{type}", _engine.Run("$sample.PSTypeNames[0]").Single().ToString());
        Assert.Equal(live, s_views.Select(Show));
        _engine.LanguageMode = PSLanguageMode.ConstrainedLanguage;
        Assert.Equal(live, s_views.Select(Show));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Views_EveryCell_NamesAMemberThatIsThere(string type)
    {
        _samples.Set(type);
        PSObject sample = _engine.Run("$sample").Single();
        var views = XDocument.Load(Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "OciPS.Format.ps1xml"));
        string[] cells = [.. views.Descendants("View")
            .Where(view => view.Descendants("TypeName").Any(name => sample.TypeNames.Contains(name.Value)))
            .SelectMany(view => view.Descendants("PropertyName")).Select(cell => cell.Value).Distinct()];

        Assert.NotEmpty(cells);
        Assert.Equal([], cells.Where(cell => _engine.Run("$args[0].PSObject.Members[$args[1]]", sample, cell).Single() is null));
        Assert.Empty(views.Descendants("ScriptBlock"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void CellMembers_OfAnOutput_AreInNothingThatIsMadeOfIt(string type)
    {
        _samples.Set(type);
        string[] properties = Names("$sample.GetType().GetProperties().Name");
        string json = _engine.Run("$json = ConvertTo-Json -Depth 9 $sample; $json").Single().ToString();

        Assert.Equal(properties, Names("($sample | Select-Object *).PSObject.Properties.Name"));
        Assert.Equal(properties, Names("($sample | ConvertTo-Csv | ConvertFrom-Csv).PSObject.Properties.Name"));
        Assert.Equal(properties, Names("($json | ConvertFrom-Json).PSObject.Properties.Name"));
        string cells = "Text\"|Tail\"|Half\"|Short[A-Z]";
        Assert.DoesNotMatch(cells, json);
        Assert.DoesNotMatch(cells, SerializedOnce("$sample"));
        Assert.DoesNotMatch(cells, SerializedOnce("(Import-Clixml again.xml)"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void SavedProperties_OfAnOutput_AreAllThatCannotBeToldFromOthers(string type)
    {
        _samples.Set(type);
        string[] properties = Names("$sample.GetType().GetProperties().Name");
        string[] told = type == "OciImageFile" ? ["Id", "Name", "UnixFileMode", "Tag"] : [];

        _engine.Run("$sample | Export-Clixml sample.xml");
        XElement saved = XDocument.Load(_engine.GetPath("sample.xml")).Root!.Elements().Single();

        Assert.Equal(
            properties.Except(told),
            saved.Elements().Single(element => element.Name.LocalName is "Props" or "MS").Elements()
                .Select(element => (string)element.Attribute("N")!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoteProperties_OfAnOutput_AreSavedToo()
    {
        _samples.Set("OciTag");

        _engine.Run("$sample | Add-Member note mine -PassThru | Export-Clixml sample.xml; [xml] $text = Get-Content sample.xml");

        Assert.Equal("mine", _engine.Run("$text.Objs.Obj.MS.S.'#text'").Single().ToString());
    }

    private string[] Names(string script) => [.. _engine.Run(script).Select(name => name.ToString()).Order(StringComparer.Ordinal)];

    private string[] Show(string view) => _engine.Show("$sample" + view);

    private string SerializedOnce(string what)
    {
        _engine.Run($"{what} | Export-Clixml sample.xml; Copy-Item sample.xml again.xml");
        return File.ReadAllText(_engine.GetPath("sample.xml"));
    }
}
