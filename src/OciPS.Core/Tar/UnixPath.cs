// SPDX-License-Identifier: MIT

using System.Runtime.InteropServices;

namespace OciPS.Tar;

/// <summary>Accesses files whose names are not UTF-8, which .NET cannot express: the system gets the exact bytes.</summary>
/// <remarks>
/// Paths are as <see cref="TarText"/> decodes them. Only functions that are the same on all Unix systems are called, without structures or
/// flags that differ. On Windows names are UTF-16, and .NET can express all of them.
/// </remarks>
internal static class UnixPath
{
    private const int NotThere = 2;
    private const int IsThere = 17;
    private const int NoFolder = 20;

    /// <summary>Whether a path needs this class.</summary>
    public static bool IsNeeded(string path) => !OperatingSystem.IsWindows() && ShownPath.HasOddBytes(path);

    /// <summary>The target of a symbolic link; null if the path is not one, or does not exist.</summary>
    public static string? ReadLink(string path)
    {
        byte[] target = new byte[4096];
        nint length = Native.ReadLink(Bytes(path), target, target.Length);
        return length < 0 ? null : TarText.Decode(target.AsSpan(0, (int)length));
    }

    /// <summary>Whether a path exists, dangling links included.</summary>
    public static bool Exists(string path) =>
        ReadLink(path) is not null || Native.Access(Bytes(path), 0) == 0 || Marshal.GetLastPInvokeError() is not (NotThere or NoFolder);

    /// <summary>Whether a path is a folder or a link to one.</summary>
    public static bool IsFolder(string path) => Native.Access(Bytes(path + "/."), 0) == 0;

    /// <summary>Creates a folder and its parents.</summary>
    public static void CreateFolder(string path)
    {
        if (path.Length == 0 || IsFolder(path))
        {
            return;
        }

        CreateFolder(path[..Math.Max(path.LastIndexOf('/'), 0)]);
        if (Native.MakeDirectory(Bytes(path), 0x1FF) != 0 && Marshal.GetLastPInvokeError() != IsThere)
        {
            throw Failed(path);
        }
    }

    /// <summary>Sets permissions.</summary>
    public static void SetMode(string path, UnixFileMode mode) => Check(Native.ChangeMode(Bytes(path), (uint)mode), path);

    /// <summary>Renames a file, replacing an existing one.</summary>
    public static void Move(string source, string target) => Check(Native.Rename(Bytes(source), Bytes(target)), target);

    /// <summary>Creates a symbolic link.</summary>
    public static void CreateLink(string path, string target) => Check(Native.MakeLink(Bytes(target), Bytes(path)), path);

    /// <summary>Removes a file or a link, if it exists.</summary>
    public static void Delete(string path)
    {
        if (Native.Unlink(Bytes(path)) != 0 && Marshal.GetLastPInvokeError() != NotThere)
        {
            throw Failed(path);
        }
    }

    private static byte[] Bytes(string path) => [.. TarText.Encode(path), 0];

    private static void Check(int result, string path)
    {
        if (result != 0)
        {
            throw Failed(path);
        }
    }

    private static StorageException Failed(string path) =>
        new(
            ErrorIds.StorageWriteError,
            $"'{ShownPath.Show(path)}' cannot be written: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    private static class Native
    {
        [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint ReadLink(byte[] path, byte[] target, nint size);

        [DllImport("libc", EntryPoint = "access", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Access(byte[] path, int mode);

        [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int MakeDirectory(byte[] path, uint mode);

        [DllImport("libc", EntryPoint = "chmod", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ChangeMode(byte[] path, uint mode);

        [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Rename(byte[] source, byte[] target);

        [DllImport("libc", EntryPoint = "symlink", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int MakeLink(byte[] target, byte[] path);

        [DllImport("libc", EntryPoint = "unlink", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Unlink(byte[] path);
    }
}
