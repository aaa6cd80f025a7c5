// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>Where to read on: a cmdlet's name, or an address, or both a text and an address.</summary>
internal sealed record RelatedLink(string Text, string Address);
