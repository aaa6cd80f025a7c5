// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;
using OciPS.Copying;
using OciPS.Images;
using OciPS.IO;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS;

/// <summary>Connects asynchronous work with the pipeline, whose thread alone may write objects.</summary>
/// <remarks>
/// The work runs on the thread pool; actions for the pipeline's thread are queued and pumped there. If the pump ends early (an error
/// downstream, <c>Select-Object -First</c>), the work is cancelled and cleaned up first.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private PipelineQueue? _queue;
    private CmdletLog? _log;

    private protected AsyncCmdlet() => Operation = new OperationContext(
        ModuleSession.Current, new CurrentLog(() => _log ?? throw new InvalidOperationException("Nothing is running.")));

    /// <summary>The context of the work.</summary>
    private protected OperationContext Operation { get; }

    /// <summary>Shows diagnostics to the user.</summary>
    private protected IOperationLog Log => Operation.Log;

    private PipelineQueue Queue => _queue ?? throw new InvalidOperationException("Nothing is running.");

    /// <summary>Cancels the cmdlet's work.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels the cmdlet's work.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Run(ProcessRecordAsync);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Run(EndProcessingAsync);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    private protected abstract Task ProcessRecordAsync(CancellationToken cancellationToken);

    private protected virtual Task EndProcessingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether -WhatIf is given; call on the pipeline's thread.</summary>
    private protected bool IsWhatIf => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound) ? bound : GetVariableValue("WhatIfPreference"));

    /// <summary>Writes an object, and waits until all downstream commands have processed it.</summary>
    private protected Task WriteLiveAsync(object output, CancellationToken cancellationToken) =>
        InvokeAsync(() => WriteObject(output), cancellationToken);

    /// <inheritdoc cref="WriteLiveAsync(object, CancellationToken)"/>
    /// <remarks>
    /// Meanwhile only the pipeline's thread may read the streamed content: other threads may still use the file after this returns.
    /// </remarks>
    private protected Task WriteLiveAsync(OciImageFile output, CancellationToken cancellationToken) => InvokeAsync(
        () =>
        {
            using (output.File.Lend(cancellationToken))
            {
                WriteObject(output);
            }
        },
        cancellationToken);

    /// <summary>Runs an action on the pipeline's thread.</summary>
    private protected Task InvokeAsync(Action action, CancellationToken cancellationToken) => Queue.InvokeAsync(
        () =>
        {
            action();
            return true;
        },
        cancellationToken);

    /// <inheritdoc cref="InvokeAsync(Action, CancellationToken)"/>
    private protected Task<T> InvokeAsync<T>(Func<T> function, CancellationToken cancellationToken) =>
        Queue.InvokeAsync(function, cancellationToken);

    /// <summary>Does the work for one item; its errors are written and do not stop the other items.</summary>
    private protected async Task ForItemAsync(object? target, Func<Task> work, CancellationToken cancellationToken)
    {
        // A new budget per item: waiting for one registry takes no time from the next item.
        Operation.RenewBudget();
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            await WriteErrorAsync(ErrorRecords.Create(error, target), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for confirmation as PowerShell does, with control characters escaped.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(TerminalText.Escape(target), TerminalText.Escape(action));

    private protected Task WriteErrorAsync(ErrorRecord error, CancellationToken cancellationToken) =>
        InvokeAsync(() => WriteError(error), cancellationToken);

    /// <summary>Parses a reference; relative paths in it are relative to PowerShell's location.</summary>
    private protected Task<ImageReference> ParseAsync(string text, CancellationToken cancellationToken) =>
        InvokeAsync(
            () => ModuleSession.Current.Registries.IsConnected(text)
                ? throw ReferenceParser.NoRepository(text, text)
                : ImageReference.Parse(text, this.ToFullPath, SessionState.IsDrive),
            cancellationToken);

    /// <summary>Refuses destinations that already exist, if the user wants that.</summary>
    private protected async Task EnsureFreeAsync(
        bool noClobber, IEnumerable<ImageReference> destinations, CancellationToken cancellationToken)
    {
        foreach (ImageReference destination in noClobber ? destinations : [])
        {
            await DestinationTag.EnsureFreeAsync(destination, Operation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads images: those of an index for some platforms, or the only one.</summary>
    private protected async Task ForImagesAsync(
        string text, string[]? platforms, ManifestMode mode, Func<ImageSource, Task> work, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlatformPattern> patterns = PlatformPatterns.Parse(platforms);
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        using SelectedImages picked = await ImagePicker.OpenAsync(
            reference, patterns, mode, Operation, cancellationToken).ConfigureAwait(false);
        foreach (OciException error in picked.Errors)
        {
            await WriteErrorAsync(ErrorRecords.Create(error, text), cancellationToken).ConfigureAwait(false);
        }

        foreach (ImageSource image in picked.Images)
        {
            await ForItemAsync(text, () => work(image), cancellationToken).ConfigureAwait(false);
        }
    }

    private void Run(Func<CancellationToken, Task> work)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _queue = new PipelineQueue();
        _log = new CmdletLog(this, _queue);
        Task worker = Task.Run(() => WorkAsync(work, stop.Token), CancellationToken.None);
        try
        {
            _queue.Pump();
        }
        catch
        {
            // The user has to see the error that stopped the pump, not the resulting error of the work.
            stop.Cancel();
            BackgroundWork.Join(worker);
            throw;
        }

        _log.Complete();
        try
        {
            worker.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception error) when (ErrorRecords.IsExpected(error))
        {
            ThrowTerminatingError(ErrorRecords.Create(error, null));
        }
    }

    private async Task WorkAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Queue.Complete();
        }
    }
}
