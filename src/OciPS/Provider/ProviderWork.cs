// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Provider;
using OciPS.IO;
using OciPS.Sessions;

namespace OciPS.Provider;

/// <summary>
/// Runs asynchronous work while the provider's thread waits, shows its diagnostics, and cancels it when the user stops the pipeline.
/// </summary>
internal sealed class ProviderWork(CmdletProvider provider)
{
    private readonly object _lock = new();
    private CancellationTokenSource? _running;
    private bool _isStopped;

    public T Run<T>(Func<OperationContext, CancellationToken, Task<T>> work)
    {
        using var stop = new CancellationTokenSource();
        Begin(stop);
        var queue = new PipelineQueue();
        var log = new ProviderLog(provider, queue);
        Task<T> worker = Task.Run(
            () => WorkAsync(work, new OperationContext(ModuleSession.Current, log), queue, stop.Token), CancellationToken.None);
        try
        {
            queue.Pump();
            log.Complete();
            return worker.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_isStopped)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            // The work is cancelled first, whatever ended the pump.
            stop.Cancel();
            BackgroundWork.Join(worker);
            lock (_lock)
            {
                _running = null;
            }
        }
    }

    /// <summary>Cancels running work; called from the thread that stops the pipeline.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _running?.Cancel();
        }
    }

    private void Begin(CancellationTokenSource stop)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                throw new PipelineStoppedException();
            }

            _running = stop;
        }
    }

    private static async Task<T> WorkAsync<T>(
        Func<OperationContext, CancellationToken, Task<T>> work, OperationContext operation, PipelineQueue queue,
        CancellationToken cancellationToken)
    {
        try
        {
            return await work(operation, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            queue.Complete();
        }
    }
}
