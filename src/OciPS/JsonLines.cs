// SPDX-License-Identifier: MIT

using System.Text;

namespace OciPS;

/// <summary>Assembles JSON documents from single lines or whole texts.</summary>
internal sealed class JsonLines
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;
    private bool _isComplete;
    private bool _hasAdded;
    private bool _hasGiven;

    /// <summary>Adds a line or a whole document; returns the document that it completes, if any.</summary>
    public string? Add(string line)
    {
        _hasAdded = true;
        string text = line.StartsWith('\uFEFF') ? line[1..] : line;
        if (_text.Length > 0)
        {
            _text.Append('\n');
        }

        _text.Append(text);
        foreach (char letter in text)
        {
            Step(letter);
        }

        return _isComplete ? Take() : null;
    }

    /// <summary>The incomplete rest at the end; null if there is none.</summary>
    public string? TakeRest() => _hasAdded && !(_hasGiven && string.IsNullOrWhiteSpace(_text.ToString())) ? Take() : null;

    /// <summary>A text that does not begin an object or an array is complete at once: no further line can make it valid.</summary>
    private void Step(char letter)
    {
        if (_isInString)
        {
            _isInString = _isEscaped || letter != '"';
            _isEscaped = !_isEscaped && letter == '\\';
        }
        else if (letter is '{' or '[')
        {
            _depth++;
        }
        else if (letter is '}' or ']')
        {
            _depth--;
            _isComplete |= _depth <= 0;
        }
        else if (!char.IsWhiteSpace(letter))
        {
            _isInString = letter == '"' && _depth > 0;
            _isComplete |= _depth == 0;
        }
    }

    private string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        (_depth, _isInString, _isEscaped, _isComplete, _hasGiven) = (0, false, false, false, true);
        return text;
    }
}
