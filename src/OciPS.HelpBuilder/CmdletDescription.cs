// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>The help of a cmdlet.</summary>
internal sealed record CmdletDescription(string Verb, string Noun)
{
    public string Name => Verb + "-" + Noun;

    public required string Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    public required IReadOnlyList<ExampleDescription> Examples { get; init; }

    public required IReadOnlyList<ParameterDescription> Parameters { get; init; }

    /// <summary>The parameter sets, the default one first.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    public required IReadOnlyList<string> InputTypes { get; init; }

    public required IReadOnlyList<string> OutputTypes { get; init; }

    public required IReadOnlyList<RelatedLink> Links { get; init; }
}
