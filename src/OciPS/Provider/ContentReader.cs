// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Provider;
using OciPS.IO;

namespace OciPS.Provider;

/// <summary>Returns a file's content for Get-Content: lines, bytes, or the whole.</summary>
internal sealed class ContentReader(Stream content, ContentParameters parameters) : IContentReader
{
    private readonly StreamReader? _text = parameters.AsByteStream ? null : new StreamReader(
        new TextStartStream(content), parameters.Encoding, detectEncodingFromByteOrderMarks: true);
    private readonly byte[] _buffer = new byte[parameters.AsByteStream ? 64 * 1024 : 0];
    private bool _isWholeRead;
    private int _start;
    private int _end;

    /// <summary>The next items; none at the end.</summary>
    /// <param name="readCount">The number of items; all remaining ones if not positive.</param>
    public IList Read(long readCount)
    {
        if (parameters.Raw)
        {
            return ReadWhole();
        }

        var pieces = new ArrayList();
        while ((readCount <= 0 || pieces.Count < readCount) && ReadPiece() is { } piece)
        {
            pieces.Add(piece);
        }

        return pieces;
    }

    /// <summary>Content is read forwards only, so the only valid target is the beginning.</summary>
    public void Seek(long offset, SeekOrigin origin)
    {
        if (offset != 0 || origin == SeekOrigin.End)
        {
            throw new PSNotSupportedException("The content of a file in an image is read forwards only.");
        }
    }

    public void Close() => Dispose();

    public void Dispose()
    {
        _text?.Dispose();
        content.Dispose();
    }

    private object? ReadPiece()
    {
        if (_text is not null)
        {
            return _text.ReadLine();
        }

        if (_start == _end)
        {
            _start = 0;
            _end = content.Read(_buffer);
        }

        return _start < _end ? _buffer[_start++] : null;
    }

    private object[] ReadWhole()
    {
        if (_isWholeRead)
        {
            return [];
        }

        _isWholeRead = true;
        if (_text is not null)
        {
            return [_text.ReadToEnd()];
        }

        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return [bytes.ToArray()];
    }
}
