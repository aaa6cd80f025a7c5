// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store behind mirrors and caches: a damaged blob may be intact when it is fetched without them.</summary>
internal interface IRefetchable : IReadCapability
{
    /// <summary>Whether refetching a blob may help: false after it was damaged once.</summary>
    bool CanRefetch(Digest blob);

    /// <summary>Notes that a blob was damaged: further reads bypass mirrors and caches.</summary>
    void RequireOriginal(Digest blob);
}
