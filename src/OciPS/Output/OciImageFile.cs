// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS;

/// <summary>A file in a layer of an image.</summary>
/// <remarks>In the pipeline, the content is read from the layer as it is streamed; later access reads the layer again.</remarks>
public sealed class OciImageFile
{
    // Some tools set the file type in higher bits.
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
    /// The path in the image, without a leading slash. A byte that is not UTF-8 is written <c>\xe8</c>; in a name that contains such an
    /// escape sequence itself, the backslash is written <c>\x5c</c>.
    /// </summary>
    public string FullName => ShownPath.Show(File.Entry.Name);

    /// <summary>The last part of the path.</summary>
    public string Name => TarPath.GetName(FullName);

    /// <summary>
    /// The type: <c>File</c>, <c>Directory</c>, <c>SymbolicLink</c>, <c>HardLink</c>, <c>CharacterDevice</c>, <c>BlockDevice</c>,
    /// <c>Fifo</c>, <c>Whiteout</c> or <c>Other</c>.
    /// </summary>
    public string Type => File.Entry.Type.ToString();

    /// <summary>The size in bytes; 0 for an entry without content.</summary>
    public long Size => File.Entry.Size;

    /// <summary>The permissions in octal digits, as in <c>chmod</c>: <c>0644</c>.</summary>
    public string Mode => Convert.ToString((int)UnixFileMode, 8).PadLeft(4, '0');

    /// <summary>The permissions as .NET flags.</summary>
    public UnixFileMode UnixFileMode => (UnixFileMode)(File.Entry.Mode & PermissionBits);

    /// <summary>The owner's user id.</summary>
    public long Uid => File.Entry.Uid;

    /// <summary>The group id.</summary>
    public long Gid => File.Entry.Gid;

    /// <summary>The modification time, in this machine's time zone.</summary>
    public DateTime LastWriteTime => File.Entry.LastWriteTime.LocalDateTime;

    /// <summary>The target of a link; null for other types.</summary>
    public string? LinkTarget => File.Entry.LinkTarget.Length == 0 ? null : ShownPath.Show(File.Entry.LinkTarget);

    /// <summary>The digest of the layer.</summary>
    public string LayerDigest => File.Layer.Digest.ToString();

    /// <summary>The index of the layer; the base is 0.</summary>
    public int LayerIndex => File.LayerIndex;

    /// <summary>The image's reference.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag => File.Image.Tag;

    /// <summary>
    /// The digest reference of the image with the file, which is one of several if <see cref="Reference"/> is an index:
    /// <c>registry.example.com/app@sha256:…</c>. Null in the filters of cmdlets that write, where several images may share the layer.
    /// </summary>
    public string? DigestReference { get; }

    /// <summary>
    /// The platform of the image according to its index: <c>linux/arm64/v8</c>; null if the image is in no index and was not selected by
    /// platform.
    /// </summary>
    public string? Platform => File.Platform;

    /// <summary>
    /// Opens the content for reading. A sparse file's holes read as zeros, a hard link has the content of its target, and an entry without
    /// content is empty.
    /// </summary>
    /// <exception cref="OciException">The layer cannot be read (again).</exception>
    public Stream OpenRead() => ScriptContent.Open(File);

    /// <summary>Reads the whole content, up to 128 MiB.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the content is larger; then nothing is read.</exception>
    public byte[] ReadAllBytes() => ScriptContent.ReadBytes(File, ScriptContent.MaximumLength);

    /// <summary>Reads the whole content, up to the given number of bytes.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the content is larger; then nothing is read.</exception>
    public byte[] ReadAllBytes(long maximumLength) => ScriptContent.ReadBytes(File, maximumLength);

    /// <summary>Reads the whole content as text, up to 128 MiB; UTF-8 unless a byte order mark says otherwise.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the content is larger; then nothing is read.</exception>
    public string ReadAllText() => ScriptContent.ReadText(File, ScriptContent.MaximumLength);

    /// <summary>Reads the whole content as text, up to the given number of bytes; UTF-8 unless a byte order mark says otherwise.</summary>
    /// <exception cref="OciException">The layer cannot be read (again), or the content is larger; then nothing is read.</exception>
    public string ReadAllText(long maximumLength) => ScriptContent.ReadText(File, maximumLength);

    /// <summary>The reference and the path: <c>registry.example.com/app:1!/etc/passwd</c>.</summary>
    public override string ToString() => $"{Reference}!/{FullName}";
}
