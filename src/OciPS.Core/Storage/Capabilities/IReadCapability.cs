// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>Marks a capability that writes nothing, so that a dry-run store has it too.</summary>
internal interface IReadCapability;
