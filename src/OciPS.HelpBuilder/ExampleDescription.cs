// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>An example: the command and what it does.</summary>
internal sealed record ExampleDescription(string Title, string Code, IReadOnlyList<string> Remarks);
