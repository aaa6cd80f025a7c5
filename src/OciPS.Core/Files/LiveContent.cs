// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Files;

/// <summary>
/// The content of a reader's current entry: opened at most once, before the reader advances. A stream that is still in use then reads the
/// layer again from its position.
/// </summary>
internal sealed class LiveContent : IDisposable
{
    private readonly object _lock = new();
    private readonly ImageFile _file;
    private readonly Func<CancellationToken, Task<Stream>> _open;
    private SemaphoreSlim? _gate;
    private Stream? _content;
    private CancellationToken _stop;
    private int _borrower;
    private bool _isOver;

    private LiveContent(ImageFile file, Func<CancellationToken, Task<Stream>> open) => (_file, _open) = (file, open);

    /// <summary>Whether it was opened.</summary>
    public bool IsTaken => _gate is not null;

    /// <summary>Whether the calling thread may use it exclusively.</summary>
    public bool IsLentHere => _borrower == Environment.CurrentManagedThreadId;

    /// <param name="file">The file of the content.</param>
    /// <param name="open">Opens it.</param>
    public static LiveContent For(ImageFile file, Func<CancellationToken, Task<Stream>> open) => new(file, open);

    /// <summary>Restricts it to the calling thread, until it is disposed.</summary>
    /// <param name="stop">Cancels each read.</param>
    public void Lend(CancellationToken stop) => (_borrower, _stop) = (Environment.CurrentManagedThreadId, stop);

    /// <summary>Opens it if allowed; null if the layer has to be read again.</summary>
    public Task<Stream?> TryOpenAsync(CancellationToken cancellationToken) =>
        _borrower == 0 || IsLentHere ? TryTakeAsync(cancellationToken) : Task.FromResult<Stream?>(null);

    /// <summary>Opens it on behalf of the thread that it is restricted to.</summary>
    public async Task<Stream?> TryTakeAsync(CancellationToken cancellationToken)
    {
        SemaphoreSlim gate;
        lock (_lock)
        {
            if (_isOver || IsTaken)
            {
                return null;
            }

            gate = _gate = new SemaphoreSlim(0, 1);
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop, cancellationToken);
            _content = await _open(either.Token).ConfigureAwait(false);
            return new PassingStream(this, _file);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Called before the reader advances. Waits for a pending read.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        if (_gate is { } gate)
        {
            gate.Wait(CancellationToken.None);
            _content?.Dispose();
            gate.Release();
        }
    }

    private sealed class PassingStream(LiveContent live, ImageFile file) : ForwardStream
    {
        private Stream? _again;
        private long _position;
        private bool _isClosed;

        public override long Length => file.Entry.Size;

        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            live._gate!.Wait(CancellationToken.None);
            try
            {
                return live._isOver
                    ? throw new InvalidOperationException($"The content of '{file.Entry.Name}' was passed over already.")
                    : Took(live._content!.Read(buffer));
            }
            finally
            {
                live._gate.Release();
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            await live._gate!.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (!live._isOver)
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(live._stop, cancellationToken);
                    return Took(await live._content!.ReadAsync(buffer, either.Token).ConfigureAwait(false));
                }

                _again ??= await OpenAgainAsync(cancellationToken).ConfigureAwait(false);
                return Took(await _again.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            }
            finally
            {
                live._gate.Release();
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _isClosed = true;
                _again?.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Took(int count)
        {
            _position += count;
            return count;
        }

        private async Task<Stream> OpenAgainAsync(CancellationToken cancellationToken)
        {
            Stream again = await file.OpenAgainAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                using var buffer = new PooledBuffer(64 * 1024);
                for (long left = _position; left > 0;)
                {
                    int count = await again.ReadAsync(
                        buffer.Memory[..(int)Math.Min(left, buffer.Array.Length)], cancellationToken).ConfigureAwait(false);
                    left -= count > 0 ? count : throw new InvalidContentException(
                        ErrorIds.SizeMismatch, $"'{file.Entry.Name}' was shorter when the layer {file.Layer.Digest} was read again.");
                }

                return again;
            }
            catch
            {
                await again.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
