// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Makes paths absolute relative to PowerShell's current location, not the process's.</summary>
internal static class SessionPaths
{
    private const string FileSystem = "FileSystem";

    /// <summary>The absolute path of a reference; a colon ends a drive name if such a drive exists.</summary>
    public static string ToFullPath(this PSCmdlet cmdlet, string path) => cmdlet.SessionState.ToFullPath(path);

    /// <inheritdoc cref="ToFullPath(PSCmdlet, string)"/>
    public static string ToFullPath(this SessionState session, string path)
    {
        if (FindDrive(session, path) is { } drive)
        {
            return drive.Provider.Name == FileSystem ? session.Resolve(path) : throw NotInAFileSystem(path);
        }

        return path.Contains(':', StringComparison.Ordinal) || session.Path.CurrentLocation.Provider.Name != FileSystem
            ? session.ToPlainPath(path, session.Path.CurrentFileSystemLocation.ProviderPath)
            : session.Resolve(path);
    }

    /// <summary>Whether the session has a drive of that name.</summary>
    public static bool IsDrive(this SessionState session, string name) => FindDrive(session, name + ":/") is not null;

    /// <summary>The absolute path of a path parameter: with drives, and with a provider's prefix as in an item's <c>PSPath</c>.</summary>
    /// <remarks>
    /// If the text before a colon is neither a drive nor a provider, the colon is part of a name, which PowerShell itself does not accept
    /// in a relative path.
    /// </remarks>
    public static string ToProviderPath(this PSCmdlet cmdlet, string path) => cmdlet.SessionState.ToProviderPath(path);

    private static string ToProviderPath(this SessionState session, string path)
    {
        if (FindProvider(session, path, out string inProvider) is { } provider)
        {
            // PowerShell treats a backslash as a separator, although it is valid in names outside of Windows.
            return provider != FileSystem ? throw NotInAFileSystem(path)
                : Path.IsPathFullyQualified(inProvider) && Path.Exists(inProvider) ? Path.GetFullPath(inProvider)
                : session.Resolve(path);
        }

        int colon = path.IndexOf(':', StringComparison.Ordinal);
        bool hasDrive = colon > 0 && (FindDrive(session, path[..colon] + ":/") is not null || IsDriveSyntax(path, colon));
        if (hasDrive || session.Path.CurrentLocation.Provider.Name != FileSystem)
        {
            return session.Resolve(path);
        }

        string plain = session.ToPlainPath(path, session.Path.CurrentLocation.ProviderPath);
        return colon > 0 || (!OperatingSystem.IsWindows() && path.Contains('\\', StringComparison.Ordinal) && Path.Exists(plain))
            ? plain
            : session.Resolve(path);
    }

    /// <summary>
    /// A path in which colons and, outside of Windows, backslashes are ordinary characters; PowerShell resolves only its folder.
    /// </summary>
    private static string ToPlainPath(this SessionState session, string path, string location)
    {
        int special = path.AsSpan().IndexOfAny(OperatingSystem.IsWindows() ? ":" : ":\\");
        int separator = path.LastIndexOfAny(OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'], special < 0 ? path.Length - 1 : special);
        bool isRelativeToHome = separator > 0 && path[0] == '~';
        return Path.GetFullPath(
            isRelativeToHome ? Path.Combine(session.Resolve(path[..separator]), path[(separator + 1)..]) : path, location);
    }

    private static string Resolve(this SessionState session, string path)
    {
        try
        {
            string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == FileSystem ? full : throw NotInAFileSystem(path);
        }
        catch (Exception error) when (error is SessionStateException or PSInvalidOperationException or NotSupportedException)
        {
            throw new InvalidInputException(ErrorIds.PathNotFound, $"'{path}' cannot be a path: {error.Message}", error);
        }
    }

    private static InvalidInputException NotInAFileSystem(string path) => new(ErrorIds.PathNotFound, $"'{path}' is not in a file system.");

    /// <summary>Whether a path has the form of a drive name and a path from its root: <c>Temp:/x</c>.</summary>
    private static bool IsDriveSyntax(string path, int colon) =>
        colon > 0 && colon + 1 < path.Length && path[colon + 1] is '/' or '\\' && path.AsSpan(0, colon).IndexOfAny(";~/\\.") < 0;

    private static PSDriveInfo? FindDrive(SessionState session, string path)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        try
        {
            return IsDriveSyntax(path, colon) ? session.Drive.Get(path[..colon]) : null;
        }
        catch (SessionStateException)
        {
            return null;
        }
    }

    private static string? FindProvider(SessionState session, string path, out string rest)
    {
        int colons = path.IndexOf("::", StringComparison.Ordinal);
        rest = colons < 0 ? string.Empty : path[(colons + 2)..];
        try
        {
            return colons > 0 ? session.Provider.Get(path[..colons]).FirstOrDefault()?.Name : null;
        }
        catch (SessionStateException)
        {
            return null;
        }
    }

    /// <summary>A file as <c>Get-Item</c> returns it, with the provider's properties; empty if it does not exist.</summary>
    public static IEnumerable<PSObject> FindItem(this PSCmdlet cmdlet, string path) =>
        !Path.Exists(path) ? []
        : IsTakenApart(path) ? [Describe(cmdlet, path)]
        : cmdlet.SessionState.InvokeProvider.Item.Get([path], force: true, literalPath: true);

    /// <summary>Whether PowerShell's own cmdlets would find a different file by this path, or none.</summary>
    private static bool IsTakenApart(string path) =>
        path.Contains("::", StringComparison.Ordinal) || (!OperatingSystem.IsWindows() && path.Contains('\\', StringComparison.Ordinal));

    private static PSObject Describe(PSCmdlet cmdlet, string path)
    {
        ProviderInfo provider = cmdlet.SessionState.Provider.GetOne(FileSystem);
        string prefix = $"{provider.ModuleName}\\{provider.Name}::";
        FileSystemInfo file = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        var item = PSObject.AsPSObject(file);
        item.Properties.Add(new PSNoteProperty("PSPath", prefix + path));
        item.Properties.Add(new PSNoteProperty("PSParentPath", prefix + Path.GetDirectoryName(path)));
        item.Properties.Add(new PSNoteProperty("PSChildName", file.Name));
        item.Properties.Add(new PSNoteProperty("PSProvider", provider));
        item.Properties.Add(new PSNoteProperty("PSIsContainer", file is DirectoryInfo));
        return item;
    }

    /// <summary>Whether an item is a device, a pipe or a socket, which PowerShell distinguishes from files and .NET does not.</summary>
    public static bool IsSpecial(PSObject item) =>
        item.Properties["UnixStat"]?.Value is { } stat
        && PSObject.AsPSObject(stat).Properties["ItemType"]?.Value?.ToString()
            is "BlockDevice" or "CharacterDevice" or "NamedPipe" or "Socket";
}
