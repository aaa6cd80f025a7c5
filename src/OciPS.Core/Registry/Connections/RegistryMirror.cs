// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry.Connections;

/// <summary>A registry that holds what another one has, below a prefix of its own.</summary>
/// <param name="Registry">The mirror's host.</param>
/// <param name="Prefix">What stands before the repositories there; empty for nothing.</param>
internal sealed record RegistryMirror(string Registry, string Prefix)
{
    /// <summary>Parses <c>HOST[:PORT][/PREFIX]</c>.</summary>
    /// <exception cref="InvalidInputException">The text is no mirror.</exception>
    public static RegistryMirror Parse(string text)
    {
        string rest = RegistryHost.WithoutScheme(text);
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string host = RegistryHost.Parse(slash < 0 ? rest : rest[..slash]);
        string prefix = slash < 0 ? string.Empty : rest[(slash + 1)..];
        if (prefix.Length > 0)
        {
            // A prefix is the beginning of a repository, so that it has to be one.
            _ = ImageReference.Parse($"{host}/{prefix}/any");
        }

        return new RegistryMirror(host, prefix);
    }

    /// <summary>Where the mirror has a repository.</summary>
    public ImageReference For(ImageReference reference) => reference with
    {
        Registry = Registry,
        Repository = Prefix.Length == 0 ? reference.Repository : $"{Prefix}/{reference.Repository}",
    };

    public override string ToString() => Prefix.Length == 0 ? Registry : $"{Registry}/{Prefix}";
}
