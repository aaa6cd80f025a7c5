// SPDX-License-Identifier: MIT

using System.Globalization;
using Polly;

namespace OciPS.Registry.Resilience;

/// <summary>
/// Retries transient failures for one operation, and logs them: after a wait that grows, with a random part, or after what the registry
/// asks for.
/// </summary>
internal sealed class RegistryRetry(RetryPolicies policies, IOperationLog log, RetryBudget budget)
{
    private static readonly ResiliencePropertyKey<string> s_what = new("OciPS.What");

    /// <summary>Sends a request, and again where that may help; gives the last answer.</summary>
    public Task<HttpResponseMessage> SendAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(policies.Requests, send, what, cancellationToken);

    /// <summary>Sends a request to which a server error may be the answer: it is not sent again because of a status 500.</summary>
    public Task<HttpResponseMessage> SendQuestionAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(policies.Questions, send, what, cancellationToken);

    /// <summary>Does a piece of work, and again from its beginning where that may help.</summary>
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

    /// <summary>
    /// Whether there is time left for a wait. A registry that falls silent takes as much as one that asks to be left alone.
    /// </summary>
    public bool Allows(TimeSpan wait, RegistryException? error)
    {
        if (error?.Silence is { } silence)
        {
            budget.Spend(silence.From, silence.Until);
        }

        return budget.TryTake(wait);
    }

    /// <summary>Logs a failure that is followed by another attempt.</summary>
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
            // Tried often enough: the caller is not to repeat all of it.
            error.IsTransient = false;
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
