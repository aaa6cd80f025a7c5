// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>A link to further reading: a cmdlet's name, an address, or a text and an address.</summary>
internal sealed record RelatedLink(string Text, string Address);
