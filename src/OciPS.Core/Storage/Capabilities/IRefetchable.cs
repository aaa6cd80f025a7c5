// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store behind mirrors and caches: a blob that came damaged may be intact when it is fetched past them.</summary>
internal interface IRefetchable : IReadCapability
{
    /// <summary>Whether fetching a blob again may help: false once it came damaged.</summary>
    bool CanRefetch(Digest blob);

    /// <summary>Says that a blob came damaged: from then on it is fetched past mirrors and caches.</summary>
    void RequireOriginal(Digest blob);
}
