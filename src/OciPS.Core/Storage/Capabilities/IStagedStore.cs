// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>A store that is written as a whole: what was put is staged until then.</summary>
internal interface IStagedStore
{
    /// <summary>Writes what was put, so that others can read it.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}
