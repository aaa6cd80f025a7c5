// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Makes paths absolute as PowerShell does, by its current location and not by the process's.</summary>
internal static class SessionPaths
{
    /// <summary>A path out of a reference; colons in it are no drives.</summary>
    public static string ToFullPath(this PSCmdlet cmdlet, string path) => cmdlet.SessionState.ToFullPath(path);

    /// <inheritdoc cref="ToFullPath(PSCmdlet, string)"/>
    public static string ToFullPath(this SessionState session, string path) =>
        path.Contains(':', StringComparison.Ordinal) || session.Path.CurrentLocation.Provider.Name != "FileSystem"
        ? Path.GetFullPath(path, session.Path.CurrentFileSystemLocation.ProviderPath)
        : session.ToProviderPath(path);

    /// <summary>A path that was given as a parameter: with drives, and with a provider's prefix, as items have it in <c>PSPath</c>.</summary>
    public static string ToProviderPath(this PSCmdlet cmdlet, string path) => cmdlet.SessionState.ToProviderPath(path);

    private static string ToProviderPath(this SessionState session, string path)
    {
        try
        {
            string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            if (provider.Name == "FileSystem")
            {
                return full;
            }
        }
        catch (Exception error) when (error is SessionStateException or PSInvalidOperationException or NotSupportedException)
        {
            throw new InvalidInputException(ErrorIds.PathNotFound, $"'{path}' cannot be a path: {error.Message}", error);
        }

        throw new InvalidInputException(ErrorIds.PathNotFound, $"'{path}' is not in a file system.");
    }
    /// <summary>A file as <c>Get-Item</c> shows it, with the properties that its provider adds; nothing if it is not there.</summary>
    public static IEnumerable<PSObject> FindItem(this PSCmdlet cmdlet, string path) =>
        Path.Exists(path) ? cmdlet.SessionState.InvokeProvider.Item.Get([path], force: true, literalPath: true) : [];

    /// <summary>Whether an item is a device, a pipe or a socket, which .NET does not tell from files and PowerShell does.</summary>
    public static bool IsSpecial(PSObject item) =>
        item.Properties["UnixStat"]?.Value is { } stat
        && PSObject.AsPSObject(stat).Properties["ItemType"]?.Value?.ToString() is "BlockDevice" or "CharacterDevice" or "NamedPipe" or "Socket";
}
