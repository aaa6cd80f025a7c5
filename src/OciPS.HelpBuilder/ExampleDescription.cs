// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>An example: what to type, and what it does.</summary>
internal sealed record ExampleDescription(string Title, string Code, IReadOnlyList<string> Remarks);
