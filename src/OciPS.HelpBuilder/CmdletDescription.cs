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

    public required IReadOnlyList<string> InputTypes { get; init; }

    public required IReadOnlyList<string> OutputTypes { get; init; }

    public required IReadOnlyList<RelatedLink> Links { get; init; }
}
