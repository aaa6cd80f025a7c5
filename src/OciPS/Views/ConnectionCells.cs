// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the view of connections; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ConnectionCells
{
    /// <summary>How the connection is secured.</summary>
    public static string Security(PSObject item)
    {
        var connection = new SavedObject(item);
        return connection.Flag(nameof(OciRegistryConnection.PlainHttp)) ? "plain HTTP"
            : connection.Flag(nameof(OciRegistryConnection.SkipCertificateCheck)) ? "unchecked"
            : "TLS";
    }

    /// <summary>The expiry of the token.</summary>
    public static string? Expires(PSObject item) => DisplayText.Date(new SavedObject(item).Date(nameof(OciRegistryConnection.ExpiresOn)));

    /// <summary>The mirrors in one line.</summary>
    public static string Mirrors(PSObject item) => string.Join(", ", TextCells.Mirror(item));
}
