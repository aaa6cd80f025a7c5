// SPDX-License-Identifier: MIT

using System.Threading.Channels;

namespace OciPS;

/// <summary>What work on other threads wants done on the pipeline's.</summary>
internal sealed class PipelineQueue
{
    // What is written is waited for, so that no more than one object of each piece of work waits here.
    private readonly Channel<Action> _actions = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Does what is queued, until <see cref="Complete"/>; runs on the pipeline's thread.</summary>
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

    /// <summary>Queues something that nobody waits for.</summary>
    public void Post(Action action) => _actions.Writer.TryWrite(action);

    /// <summary>
    /// Has something done and waits for it. Once begun it is waited for even if the work is cancelled, since it may use what the work owns.
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
                // An answer to who asked; anything else ends the pipeline, and with it the work.
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
