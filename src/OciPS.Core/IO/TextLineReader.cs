// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Globalization;
using System.Text;

namespace OciPS.IO;

/// <summary>Reads text line by line, with the line ends of <see cref="StreamReader.ReadLine"/> and a maximum line length.</summary>
/// <param name="content">The bytes; disposed with the reader.</param>
/// <param name="encoding">The encoding, unless a byte order mark specifies another one.</param>
/// <param name="maximum">The longest line, in characters.</param>
/// <param name="name">The file's name, for messages.</param>
internal sealed class TextLineReader(Stream content, Encoding encoding, int maximum, string name) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly StreamReader _reader = new(new TextStartStream(content), encoding, detectEncodingFromByteOrderMarks: true, BufferSize);
    private readonly StringBuilder _line = new();
    private char[] _buffer = ArrayPool<char>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private bool _skipsLineFeed;

    /// <summary>Whether a whole line is buffered, so that the next read does not wait.</summary>
    public bool HasLine => _buffer.AsSpan(_start, _end - _start).IndexOfAny('\r', '\n') > 0;

    /// <summary>The next line, without its end; null at the end of the text.</summary>
    /// <exception cref="InvalidContentException">The line is too long.</exception>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_skipsLineFeed && _buffer[_start] == '\n')
            {
                _start++;
            }

            _skipsLineFeed = false;
            int length = _buffer.AsSpan(_start, _end - _start).IndexOfAny('\r', '\n');
            Append(length < 0 ? _end - _start : length);
            if (length >= 0)
            {
                _skipsLineFeed = _buffer[_start++] == '\r';
                return TakeLine();
            }
        }

        return _line.Length > 0 ? TakeLine() : null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        char[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await _reader.ReadAsync(_buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        return _end > 0;
    }

    private void Append(int length)
    {
        if (length > maximum - _line.Length)
        {
            throw new InvalidContentException(
                ErrorIds.FileTooLarge, string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' has a line of more than {maximum} characters. It is binary, or has to be read as bytes."));
        }

        _line.Append(_buffer, _start, length);
        _start += length;
    }

    private string TakeLine()
    {
        string line = _line.ToString();
        _line.Clear();
        return line;
    }
}
