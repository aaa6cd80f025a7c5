// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>A parameter as its help shows it.</summary>
internal sealed record ParameterDescription(string Name, string TypeName)
{
    public required string Description { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>What can be given, where that is a closed set.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    public required bool AcceptsWildcards { get; init; }

    public required string? Default { get; init; }

    /// <summary>How it stands in each parameter set that it belongs to; an empty name stands for all.</summary>
    public required IReadOnlyDictionary<string, ParameterUse> Sets { get; init; }

    public bool IsSwitch => TypeName == "SwitchParameter";

    public bool IsArray => TypeName.EndsWith("[]", StringComparison.Ordinal);

    public ParameterUse? In(string set) =>
        Sets.TryGetValue(set, out ParameterUse? use) || Sets.TryGetValue(string.Empty, out use) ? use : null;
}
