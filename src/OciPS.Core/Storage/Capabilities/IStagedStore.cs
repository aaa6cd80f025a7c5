// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>A store that is written as a whole: content is staged until then.</summary>
internal interface IStagedStore
{
    /// <summary>Writes the staged content and makes it visible to readers.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}
