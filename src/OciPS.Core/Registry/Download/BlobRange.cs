// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Download;

/// <summary>A part of a blob that is asked for, and whether the registry knows how to send parts.</summary>
internal sealed class BlobRange(long offset, long length)
{
    /// <summary>The last byte.</summary>
    public long Last => offset + length - 1;

    /// <summary>Whether the first answer was the part.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Looks at an answer; false if it is of no use. Once a part was begun, a whole blob can be gone on with.</summary>
    public bool Accept(HttpResponseMessage response)
    {
        bool isWhole = response.StatusCode == HttpStatusCode.OK && offset > 0;
        bool isNothing = response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;
        if (!IsKnown && (isWhole || isNothing))
        {
            return false;
        }

        IsKnown |= response.IsSuccessStatusCode;
        return true;
    }
}
