// SPDX-License-Identifier: MIT

using System.Globalization;
using Polly;

namespace OciPS.Registry.Resilience;

/// <summary>
/// Retries transient failures for one operation and logs them. The wait grows and has a random part, unless the registry requests one.
/// </summary>
internal sealed class RegistryRetry(RetryPolicies policies, IOperationLog log, RetryBudget budget)
{
    private static readonly ResiliencePropertyKey<string> s_what = new("OciPS.What");

    /// <summary>Sends a request with retries; returns the last response.</summary>
    public Task<HttpResponseMessage> SendAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(policies.Requests, send, what, cancellationToken);

    /// <summary>Sends a request for which status 500 is a valid response, and is not retried.</summary>
    public Task<HttpResponseMessage> SendQuestionAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(policies.Questions, send, what, cancellationToken);

    /// <summary>Runs work, and repeats it from its beginning after a transient failure.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, string what, CancellationToken cancellationToken)
    {
        T result = default!;
        await RunAsync(
            policies.Work,
            async token =>
            {
                result = await work(token).ConfigureAwait(false);
                return true;
            },
            what,
            cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Whether the budget allows a wait. Time without a response counts as much as a requested wait.</summary>
    public bool Allows(TimeSpan wait, RegistryException? error)
    {
        if (error?.Silence is { } silence)
        {
            budget.Spend(silence.From, silence.Until);
        }

        return budget.TryTake(wait);
    }

    /// <summary>Logs a failure before the next attempt.</summary>
    public void Report(ResilienceContext context, string why, TimeSpan wait)
    {
        if (context.Properties.TryGetValue(s_what, out string? what))
        {
            log.Verbose(string.Create(CultureInfo.InvariantCulture, $"{what}: {why}. Trying again in {wait.TotalSeconds:0.0} s."));
        }
    }

    private async Task<T> RunAsync<T>(
        ResiliencePipeline<T> pipeline, Func<CancellationToken, Task<T>> work, string what, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            RetryPolicies.SetOwner(context, this);
            context.Properties.Set(s_what, what);
            return await pipeline.ExecuteAsync(
                async context => await work(context.CancellationToken).ConfigureAwait(false), context).ConfigureAwait(false);
        }
        catch (RegistryException error)
        {
            // The retries are used up: the caller must not repeat the whole operation.
            error.IsTransient = false;
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
