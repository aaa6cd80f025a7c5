// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Reflection;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Lists in outputs are such that PowerShell takes their items by number.</summary>
[Collection(Alone.Name)]
public sealed class OutputListTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private readonly OutputSamples _samples;

    public OutputListTests() => _samples = new OutputSamples(_engine);

    public static TheoryData<string> Types => [.. OutputSamples.Names];

    public Task InitializeAsync() => _samples.PrepareAsync();

    public Task DisposeAsync() => _samples.StopAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void ListProperties_Index_GivesTheItem(string type)
    {
        _samples.Set(type);
        object sample = _engine.Run("$sample").Single().BaseObject;

        PropertyInfo[] lists = [.. sample.GetType().GetProperties().Where(property => property.PropertyType.Name == "IReadOnlyList`1")];
        foreach (PropertyInfo property in lists)
        {
            object?[] items = [.. ((IEnumerable)property.GetValue(sample)!).Cast<object?>()];
            PSObject[] indexed = [.. _engine.Run("foreach ($i in 0..9) { , $sample.($args[0])[$i] }", property.Name)];

            Assert.Equal(items, indexed.Take(items.Length).Select(item => item.BaseObject));
            Assert.All(indexed.Skip(items.Length), Assert.Null);
        }
    }
}
