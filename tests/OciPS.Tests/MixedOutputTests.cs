// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// What comes after an output of another type is shown in a list without a view, and Format-Custom has none either:
/// nothing in it steers a terminal there.
/// </summary>
[Collection(Alone.Name)]
public sealed class MixedOutputTests : IAsyncLifetime, IDisposable
{
    // Clears the screen, sets the title (with a BEL), begins a C1 sequence, turns the writing direction.
    private const string Evil = "\e[2J\e]0;x\a\u009b31m\u202etxt";
    private const string Shown = @"\u001b[2J\u001b]0;x\u0007\u009b31m\u202etxt";

    // Nothing in them is a stranger's.
    private static readonly string[] s_harmless = ["OciRegistryConnection", "OciContainerSource", "OciPublishedImage", "OciTag"];

    private readonly Engine _engine = new();
    private readonly OutputSamples _samples;

    public MixedOutputTests() => _samples = new OutputSamples(_engine, Evil);

    public static TheoryData<string> Types => [.. OutputSamples.Names];

    public Task InitializeAsync() => _samples.PrepareAsync();

    public Task DisposeAsync() => _samples.StopAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Output_AfterOneOfAnotherType_IsShownEscaped(string type)
    {
        _samples.Set(type);
        _engine.Run("$first = Get-Date 2024-01-02; $other = Get-Command Get-Item");

        string[] tables = ["$sample; $first; $sample", "$sample, $sample | Out-String"];
        string[] lists = ["$first; $sample", "$other; $sample", "$sample | Format-Custom"];
        foreach (string script in tables.Concat(lists))
        {
            string text = string.Concat(_engine.Show(script).Select(line => line.Trim()));

            AssertHarmless(text);
            // A table may have cut it.
            Assert.True(tables.Contains(script) || s_harmless.Contains(type) || text.Contains(Shown, StringComparison.Ordinal), text);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Deserialised_AfterOneOfAnotherType_IsShownEscaped(string type)
    {
        _samples.Set(type);
        _samples.LeaveDeserialised();
        _engine.Run("$first = Get-Command Get-Item");

        foreach (string script in new[] { "$first; $sample", "$sample", "$sample | Format-List", "$sample | Format-Custom" })
        {
            AssertHarmless(string.Concat(_engine.Show(script)));
        }
    }

    private static void AssertHarmless(string text) => Assert.DoesNotContain(
        text,
        letter => (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))
            || char.GetUnicodeCategory(letter) == UnicodeCategory.Format);
}
