// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Connections;

/// <summary>A credential for a registry; its text shows only the user name.</summary>
internal sealed record RegistryCredential
{
    /// <summary>The user name; empty if there is only a token.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>The password; null if there is a token instead.</summary>
    public string? Password { get; init; }

    /// <summary>An identity token, which the token service exchanges for others (OAuth2's refresh token).</summary>
    public string? IdentityToken { get; init; }

    /// <summary>A token that is sent to the registry unchanged.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Where the credential was found, for messages.</summary>
    public string Source { get; init; } = "the connection";

    /// <summary>The kind of credential and where it was found, without secrets.</summary>
    public string Describe() =>
        $"The {(Password is null ? "token" : "credential")}{(UserName.Length > 0 ? $" of '{UserName}'" : "")} from {Source}";

    public static RegistryCredential FromPassword(string userName, string password) => new() { UserName = userName, Password = password };

    public override string ToString() => UserName;
}
