// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>A label or annotation.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The text.</param>
public readonly record struct OciTextPair(string Key, string Value)
{
    /// <summary>The pair, as <c>[key, text]</c>.</summary>
    public override string ToString() => $"[{Key}, {Value}]";
}
