// SPDX-License-Identifier: MIT

using OciPS.Operations;

namespace OciPS;

/// <summary>Reads the content of files of images for scripts.</summary>
internal static class FileContent
{
    /// <summary>Opens the content; the wait for it ends when the script is stopped.</summary>
    public static Stream Open(ImageFile file)
    {
        ImageFile borrowed = file.Borrow();
        // To look through a layer for a file takes time without a wait, too.
        return new BlockingReadStream(ScriptWait.For(token => Task.Run(() => borrowed.OpenAsync(token), token)));
    }
}
