// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Connections;

/// <summary>What proves to a registry who somebody is; its text shows the name alone.</summary>
internal sealed record RegistryCredential
{
    /// <summary>The user's name; empty if there is none beside a token.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>The user's password; null if there is a token in its place.</summary>
    public string? Password { get; init; }

    /// <summary>A token for which the registry's token service gives others (OAuth2's refresh token).</summary>
    public string? IdentityToken { get; init; }

    /// <summary>A token that goes to the registry as it is.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Where it was found, for people.</summary>
    public string Source { get; init; } = "the connection";

    /// <summary>What it is and where it was found, without anything secret.</summary>
    public string Describe() =>
        $"The {(Password is null ? "token" : "credential")}{(UserName.Length > 0 ? $" of '{UserName}'" : "")} from {Source}";

    public static RegistryCredential FromPassword(string userName, string password) => new() { UserName = userName, Password = password };

    public override string ToString() => UserName;
}
