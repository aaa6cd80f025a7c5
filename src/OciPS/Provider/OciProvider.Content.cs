// SPDX-License-Identifier: MIT

using System.Management.Automation.Provider;
using OciPS.Files;

namespace OciPS.Provider;

/// <content>The content of files.</content>
public sealed partial class OciProvider
{
    /// <inheritdoc/>
    public object GetContentReaderDynamicParameters(string path) => new ContentParameters();

    /// <inheritdoc/>
    public IContentReader? GetContentReader(string path)
    {
        try
        {
            return OpenReader(path);
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            WriteError(ErrorRecords.Create(error, path));
            return null;
        }
    }

    private ContentReader OpenReader(string path)
    {
        if (Find(path, followLast: true) is not { } place)
        {
            throw new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage,
                $"'{path}' leads to nothing: it is not in the image, or a symbolic link whose target is not.");
        }

        FileNode node = place.Node;
        if (node.IsDirectory || !FileContents.HasContent(node.Entry!.Type))
        {
            string what = node.IsDirectory ? "folder" : node.Entry!.Type.ToString();
            throw new InvalidInputException(ErrorIds.UnsupportedFileType, $"'{path}' is a {what}, and has no content.");
        }

        Stream content = _work.Run((_, token) => place.Image.GetFile(node).OpenAsync(token));
        return new ContentReader(new WaitingStream(content, _work), DynamicParameters as ContentParameters ?? new ContentParameters());
    }
}
