// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>A capability of a store that writes nothing: a store that only pretends to write has it too.</summary>
internal interface IReadCapability;
