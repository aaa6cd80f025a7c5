// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Completers;

namespace OciPS.Provider;

/// <summary>The dynamic parameters of Get-Content on a drive over an image, as for files.</summary>
internal sealed class ContentParameters
{
    /// <summary>All of it as one text, or one array of bytes.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Bytes instead of lines.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>The text's encoding, where it has no byte order mark; UTF-8 if nothing is said.</summary>
    [Parameter]
    [EncodingName]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    [ValidateNotNull]
    public Encoding Encoding { get; set; } = Encoding.UTF8;
}
