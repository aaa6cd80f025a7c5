// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>A label or annotation.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its text.</param>
public readonly record struct OciTextPair(string Key, string Value)
{
    /// <summary>The pair, as <c>[key, text]</c>.</summary>
    public override string ToString() => $"[{Key}, {Value}]";
}
