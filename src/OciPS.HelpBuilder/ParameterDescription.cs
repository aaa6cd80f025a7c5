// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>The help of a parameter.</summary>
internal sealed record ParameterDescription(string Name, string TypeName)
{
    public required string Description { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The possible values, if they are a closed set.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    public required bool AcceptsWildcards { get; init; }

    public required string? Default { get; init; }

    /// <summary>The use of the parameter in each of its parameter sets; an empty name stands for all sets.</summary>
    public required IReadOnlyDictionary<string, ParameterUse> Sets { get; init; }

    public bool IsSwitch => TypeName == "SwitchParameter";

    public bool IsArray => TypeName.EndsWith("[]", StringComparison.Ordinal);

    public ParameterUse? In(string set) =>
        Sets.TryGetValue(set, out ParameterUse? use) || Sets.TryGetValue(string.Empty, out use) ? use : null;
}
