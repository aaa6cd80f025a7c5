// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>A store for one image that has one writer at a time, from the first blob until the manifest is put.</summary>
internal interface IExclusiveStore
{
    /// <summary>Waits until this may write. Asked again, it returns at once.</summary>
    Task BeginAsync(CancellationToken cancellationToken);
}
