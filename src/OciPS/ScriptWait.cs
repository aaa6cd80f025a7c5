// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using OciPS.IO;

namespace OciPS;

/// <summary>Waits for content on behalf of a script, until the script is stopped.</summary>
/// <remarks>
/// A method called by a script is not notified when its pipeline is stopped; a command is. So long waits run as a command in the same
/// pipeline, whatever the script runs in: downstream of a cmdlet, a filter, or no cmdlet of this module. A nested pipeline does not help:
/// if it starts while the outer one is being stopped, it is not stopped.
/// </remarks>
internal static class ScriptWait
{
    private const string Script = "[System.Diagnostics.DebuggerHidden()] param($command, $task) & $command -Task $task";

    // Shorter waits are not noticeable, and a command costs more than most of them.
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    public static T For<T>(Func<CancellationToken, Task<T>> work)
    {
        using var stop = new CancellationTokenSource();
        Task<T> task = work(stop.Token);
        if (!task.IsCompleted && Task.WaitAny([task], s_short) < 0)
        {
            WaitLong(task, stop);
        }

        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OciException error) when (ErrorHints.AddTo(error))
        {
            throw;
        }
    }

    private static void WaitLong(Task task, CancellationTokenSource stop)
    {
        if (Runspace.DefaultRunspace is null)
        {
            return;
        }

        try
        {
            ScriptBlock.Create(Script).Invoke(new CmdletInfo("Wait-OciContent", typeof(WaitCommand)), task);
        }
        catch (PipelineStoppedException)
        {
            stop.Cancel();
            BackgroundWork.Join(task);
            throw;
        }
    }

    /// <summary>Waits for a task until the pipeline is stopped.</summary>
    [Cmdlet(VerbsLifecycle.Wait, "OciContent")]
    private sealed class WaitCommand : Cmdlet, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        [Parameter(Mandatory = true)]
        public Task Task { get; set; } = Task.CompletedTask;

        public void Dispose() => _stop.Dispose();

        protected override void ProcessRecord()
        {
            try
            {
                Task.WaitAny([Task], _stop.Token);
            }
            catch (OperationCanceledException)
            {
                throw new PipelineStoppedException();
            }
        }

        protected override void StopProcessing() => _stop.Cancel();
    }
}
