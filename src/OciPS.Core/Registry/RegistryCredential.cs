// SPDX-License-Identifier: MIT

namespace OciPS.Registry;

/// <summary>A user's name and password; its text shows the name alone.</summary>
internal sealed record RegistryCredential(string UserName, string Password)
{
    public override string ToString() => UserName;
}
