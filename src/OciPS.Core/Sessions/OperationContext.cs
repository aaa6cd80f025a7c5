// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Sessions;

/// <summary>The context of an operation: its session, its log, and its time budget for waiting for registries.</summary>
internal sealed class OperationContext(OciSession session, IOperationLog log)
{
    public OciSession Session => session;

    /// <summary>Receives diagnostics.</summary>
    public IOperationLog Log => log;

    public RetryBudget Budget { get; private set; } = session.Registries.NewBudget();

    /// <summary>Starts a new budget for the next pipeline item.</summary>
    public void RenewBudget() => Budget = session.Registries.NewBudget();
}
