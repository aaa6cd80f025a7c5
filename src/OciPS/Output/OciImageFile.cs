// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS;

/// <summary>A file in a layer of an image.</summary>
/// <remarks>
/// While it is in the pipeline its content is that of the layer as it streams by; asked for later, the layer is read again.
/// </remarks>
public sealed class OciImageFile
{
    // Some writers put the type of the file above these.
    private const int PermissionBits = 0xFFF;

    internal OciImageFile(ImageFile file)
    {
        File = file;
        Reference = file.Image.ToString();
        DigestReference = file.Manifest is { } manifest ? file.Image.WithDigest(manifest).ToString() : null;
    }

    internal ImageFile File { get; }

    /// <summary>The layer's digest and the path: <c>sha256:…:etc/passwd</c>.</summary>
    public string Id => $"{LayerDigest}:{FullName}";

    /// <summary>
    /// The path in the image, without a slash at its beginning. A byte that is not UTF-8 is written <c>\xe8</c>; a name that has these
    /// characters itself has <c>\x5c</c> for its backslash.
    /// </summary>
    public string FullName => ShownPath.Show(File.Entry.Name);

    /// <summary>The last part of the path.</summary>
    public string Name => TarPath.GetName(FullName);

    /// <summary>
    /// What the entry is: <c>File</c>, <c>Directory</c>, <c>SymbolicLink</c>, <c>HardLink</c>, <c>CharacterDevice</c>, <c>BlockDevice</c>,
    /// <c>Fifo</c>, <c>Whiteout</c> or <c>Other</c>.
    /// </summary>
    public string Type => File.Entry.Type.ToString();

    /// <summary>The size in bytes; 0 for what has no content.</summary>
    public long Size => File.Entry.Size;

    /// <summary>The permissions in octal digits, as <c>chmod</c> takes them: <c>0644</c>.</summary>
    public string Mode => Convert.ToString((int)UnixFileMode, 8).PadLeft(4, '0');

    /// <summary>The permissions as .NET has them, to ask for single ones.</summary>
    public UnixFileMode UnixFileMode => (UnixFileMode)(File.Entry.Mode & PermissionBits);

    /// <summary>The owner's number.</summary>
    public long Uid => File.Entry.Uid;

    /// <summary>The group's number.</summary>
    public long Gid => File.Entry.Gid;

    /// <summary>When it was changed last, in this machine's time zone.</summary>
    public DateTime LastWriteTime => File.Entry.LastWriteTime.LocalDateTime;

    /// <summary>What a link names; null for what is no link.</summary>
    public string? LinkTarget => File.Entry.LinkTarget.Length == 0 ? null : ShownPath.Show(File.Entry.LinkTarget);

    /// <summary>The digest of the layer that it is in.</summary>
    public string LayerDigest => File.Layer.Digest.ToString();

    /// <summary>The number of the layer that it is in; the base is 0.</summary>
    public int LayerIndex => File.LayerIndex;

    /// <summary>The image's reference.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag => File.Image.Tag;

    /// <summary>
    /// The reference by the digest of the manifest of the very image that the file is in, which is one of several where
    /// <see cref="Reference"/> is an index: <c>registry.example.com/app@sha256:…</c>. Null in the filters of cmdlets that write, where
    /// several images may share the layer.
    /// </summary>
    public string? DigestReference { get; }

    /// <summary>
    /// What the image runs on, as its index says: <c>linux/arm64/v8</c>; null for an image of no index that was not picked by its platform.
    /// </summary>
    public string? Platform => File.Platform;

    /// <summary>
    /// Opens the content for reading, from its beginning. A sparse file's holes come out as zeros, a hard link has the
    /// content of the file that it names, and what has no content of its own comes out empty.
    /// </summary>
    /// <exception cref="OciException">The layer cannot be read (again).</exception>
    public Stream OpenRead() => ScriptContent.Open(File);

    /// <summary>Reads the whole content, of a file of up to 128 MiB.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the file is larger: then nothing is read.</exception>
    public byte[] ReadAllBytes() => ScriptContent.ReadBytes(File, ScriptContent.MaximumLength);

    /// <summary>Reads the whole content, of a file of up to as many bytes.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the file is larger: then nothing is read.</exception>
    public byte[] ReadAllBytes(long maximumLength) => ScriptContent.ReadBytes(File, maximumLength);

    /// <summary>Reads the whole content as text, UTF-8 or as its byte order mark says, of a file of up to 128 MiB.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the file is larger: then nothing is read.</exception>
    public string ReadAllText() => ScriptContent.ReadText(File, ScriptContent.MaximumLength);

    /// <summary>Reads the whole content as text, UTF-8 or as its byte order mark says, of a file of up to as many bytes.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the file is larger: then nothing is read.</exception>
    public string ReadAllText(long maximumLength) => ScriptContent.ReadText(File, maximumLength);

    /// <summary>The reference and the path: <c>registry.example.com/app:1!/etc/passwd</c>.</summary>
    public override string ToString() => $"{Reference}!/{FullName}";
}
