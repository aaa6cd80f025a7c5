// SPDX-License-Identifier: MIT

using System.Threading.Channels;

namespace OciPS;

/// <summary>Queues actions of other threads for the pipeline's thread.</summary>
internal sealed class PipelineQueue
{
    // Unbounded, since callers wait for their output: each piece of work has at most one object here.
    private readonly Channel<Action> _actions = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Runs queued actions until <see cref="Complete"/>; runs on the pipeline's thread.</summary>
    public void Pump()
    {
        while (_actions.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_actions.Reader.TryRead(out Action? action))
            {
                action();
            }
        }
    }

    public void Complete() => _actions.Writer.TryComplete();

    /// <summary>Queues an action without waiting for it.</summary>
    public void Post(Action action) => _actions.Writer.TryWrite(action);

    /// <summary>
    /// Queues a function and waits for it. Once started it is awaited even if the work is cancelled, since it may use resources of the
    /// work.
    /// </summary>
    public async Task<T> InvokeAsync<T>(Func<T> function, CancellationToken cancellationToken)
    {
        var call = new Call<T>(function);
        cancellationToken.ThrowIfCancellationRequested();
        Post(call.Run);
        using (cancellationToken.Register(call.Cancel))
        {
            return await call.Task.ConfigureAwait(false);
        }
    }

    private sealed class Call<T>(Func<T> function)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _taken;

        public Task<T> Task => _done.Task;

        public void Run()
        {
            if (Interlocked.Exchange(ref _taken, 1) == 1)
            {
                return;
            }

            try
            {
                _done.SetResult(function());
            }
            catch (Exception error) when (error is OciException)
            {
                // The core's errors go to the caller; others end the pipeline, and with it the work.
                _done.SetException(error);
            }
            catch
            {
                _done.SetCanceled();
                throw;
            }
        }

        public void Cancel()
        {
            if (Interlocked.Exchange(ref _taken, 1) == 0)
            {
                _done.SetCanceled();
            }
        }
    }
}
