// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Download;

/// <summary>A requested part of a blob, and whether the registry supports range requests.</summary>
internal sealed class BlobRange(long offset, long length)
{
    /// <summary>The offset of the last byte.</summary>
    public long Last => offset + length - 1;

    /// <summary>Whether the first response was the requested part.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Checks a response; false if it is unusable. After the first part, a whole blob is usable too.</summary>
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
