// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Sessions;

/// <summary>What an operation runs with: its session, its log, and the time that it may spend waiting for registries.</summary>
internal sealed class OperationContext(OciSession session, IOperationLog log)
{
    public OciSession Session => session;

    /// <summary>Receives diagnostics.</summary>
    public IOperationLog Log => log;

    public RetryBudget Budget { get; private set; } = session.Registries.NewBudget();

    /// <summary>Gives the next item of a pipeline a budget of its own.</summary>
    public void RenewBudget() => Budget = session.Registries.NewBudget();
}
