// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>A store for one image that has a single writer at a time, from the first blob to the manifest.</summary>
internal interface IExclusiveStore
{
    /// <summary>Waits for the right to write. Further calls return at once.</summary>
    Task BeginAsync(CancellationToken cancellationToken);
}
