// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>A cmdlet as its help shows it.</summary>
internal sealed record CmdletDescription(string Verb, string Noun)
{
    public string Name => Verb + "-" + Noun;

    public required string Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    public required IReadOnlyList<ExampleDescription> Examples { get; init; }

    public required IReadOnlyList<ParameterDescription> Parameters { get; init; }

    /// <summary>The default one first.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    public required IReadOnlyList<string> OutputTypes { get; init; }
}

/// <summary>An example: what to type, and what it does.</summary>
internal sealed record ExampleDescription(string Code, IReadOnlyList<string> Remarks);

/// <summary>A parameter as its help shows it.</summary>
internal sealed record ParameterDescription(string Name, string TypeName, bool IsSwitch)
{
    public required string Description { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    public required IReadOnlyList<string> Values { get; init; }

    public required bool AcceptsWildcards { get; init; }

    public required string? Default { get; init; }

    /// <summary>How it stands in each parameter set that it belongs to; an empty name stands for all.</summary>
    public required IReadOnlyDictionary<string, ParameterUse> Sets { get; init; }

    public ParameterUse? In(string set) => Sets.TryGetValue(set, out ParameterUse? use) || Sets.TryGetValue(string.Empty, out use) ? use : null;
}

/// <summary>How a parameter stands in a parameter set.</summary>
internal sealed record ParameterUse(bool IsMandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    public string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}
