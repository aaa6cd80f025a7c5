// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry.Connections;

/// <summary>A mirror of a registry, below a prefix of its own.</summary>
/// <param name="Registry">The mirror's host.</param>
/// <param name="Prefix">The prefix of the repositories there; empty for none.</param>
internal sealed record RegistryMirror(string Registry, string Prefix)
{
    /// <summary>Parses <c>HOST[:PORT][/PREFIX]</c>.</summary>
    /// <exception cref="InvalidInputException">The text is not a mirror.</exception>
    public static RegistryMirror Parse(string text)
    {
        string rest = RegistryHost.WithoutScheme(text);
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string host = RegistryHost.Parse(slash < 0 ? rest : rest[..slash]);
        string prefix = slash < 0 ? string.Empty : rest[(slash + 1)..];
        if (prefix.Length > 0)
        {
            // A prefix is the beginning of a repository, so it has to be a valid one.
            _ = ImageReference.Parse($"{host}/{prefix}/any");
        }

        return new RegistryMirror(host, prefix);
    }

    /// <summary>The reference of an image at the mirror.</summary>
    public ImageReference For(ImageReference reference) => reference with
    {
        Registry = Registry,
        Repository = Prefix.Length == 0 ? reference.Repository : $"{Prefix}/{reference.Repository}",
    };

    public override string ToString() => Prefix.Length == 0 ? Registry : $"{Registry}/{Prefix}";
}
