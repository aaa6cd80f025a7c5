// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Provider;

namespace OciPS.Provider;

/// <content>Operations that would change an image: refused with an explanation.</content>
public sealed partial class OciProvider
{
    private const string ReadOnly = "a drive over an image is read-only. Use Remove-OciImageFile to make an image without some files.";

    /// <inheritdoc/>
    public void ClearContent(string path)
    {
        // Set-Content calls this first, and keeps only the exception of a written or thrown error.
        ErrorRecord error = ReadOnlyError(path, ReadOnly);
        throw new RuntimeException(error.Exception.Message, error.Exception, error);
    }

    /// <inheritdoc/>
    public object? ClearContentDynamicParameters(string path) => null;

    /// <inheritdoc/>
    public IContentWriter? GetContentWriter(string path)
    {
        Refuse(path);
        return null;
    }

    /// <inheritdoc/>
    public object? GetContentWriterDynamicParameters(string path) => null;

    /// <inheritdoc/>
    protected override void SetItem(string path, object value) => Refuse(path);

    /// <inheritdoc/>
    protected override void ClearItem(string path) => Refuse(path);

    /// <inheritdoc/>
    protected override void NewItem(string path, string itemTypeName, object newItemValue) => Refuse(path);

    /// <inheritdoc/>
    protected override void RemoveItem(string path, bool recurse) => Refuse(path);

    /// <inheritdoc/>
    protected override void RenameItem(string path, string newName) => Refuse(path);

    /// <inheritdoc/>
    protected override void CopyItem(string path, string copyPath, bool recurse) =>
        Refuse(path, "a drive over an image is read-only. Use Export-OciImageFile to write files of an image to a folder.");

    /// <inheritdoc/>
    protected override void MoveItem(string path, string destination) => Refuse(path);

    private void Refuse(string path, string why = ReadOnly) => WriteError(ReadOnlyError(path, why));

    private static ErrorRecord ReadOnlyError(string path, string why) =>
        ErrorRecords.Create(new InvalidInputException(ErrorIds.ReadOnlyDrive, $"'{path}' cannot be changed: {why}"), path);
}
