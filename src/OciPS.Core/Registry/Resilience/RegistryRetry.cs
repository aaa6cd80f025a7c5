// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using Polly;
using Polly.Retry;

namespace OciPS.Registry.Resilience;

/// <summary>
/// Sends requests again that ended in a fault that may pass: after a wait that grows, with a part of chance in it, or after what the
/// registry asks for.
/// </summary>
internal sealed class RegistryRetry(IOperationLog log, RetryBudget budget)
{
    private static readonly ResiliencePropertyKey<RegistryRetry> s_owner = new("OciPS.Retry");
    private static readonly ResiliencePropertyKey<string> s_what = new("OciPS.What");
    private static readonly Lazy<ResiliencePipeline<HttpResponseMessage>> s_requests = new(() => Build<HttpResponseMessage>(
        static args => args.Outcome.Result is { } response ? TransientFaults.IsTransient(response) : IsTransient(args.Outcome.Exception)));

    private static readonly Lazy<ResiliencePipeline<HttpResponseMessage>> s_questions = new(() => Build<HttpResponseMessage>(
        static args => args.Outcome.Result is { } response
            ? response.StatusCode != HttpStatusCode.InternalServerError && TransientFaults.IsTransient(response)
            : IsTransient(args.Outcome.Exception)));

    private static readonly Lazy<ResiliencePipeline<bool>> s_work = new(
        () => Build<bool>(static args => IsTransient(args.Outcome.Exception)));

    /// <summary>Sends a request, and again where that may help; gives the last answer.</summary>
    public Task<HttpResponseMessage> SendAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(s_requests.Value, send, what, cancellationToken);

    /// <summary>Sends a request to which a server error may be the answer: it is not sent again because of a status 500.</summary>
    public Task<HttpResponseMessage> SendQuestionAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string what, CancellationToken cancellationToken) =>
        RunAsync(s_questions.Value, send, what, cancellationToken);

    /// <summary>Does a piece of work, and again from its beginning where that may help.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, string what, CancellationToken cancellationToken)
    {
        T result = default!;
        await RunAsync(
            s_work.Value,
            async token =>
            {
                result = await work(token).ConfigureAwait(false);
                return true;
            },
            what,
            cancellationToken).ConfigureAwait(false);
        return result;
    }

    private static bool IsTransient(Exception? error) => error is not null && TransientFaults.IsTransient(error);

    private static ResiliencePipeline<T> Build<T>(Func<RetryPredicateArguments<T>, bool> shouldHandle) => new ResiliencePipelineBuilder<T>()
        .AddRetry(new RetryStrategyOptions<T>
        {
            ShouldHandle = args => new ValueTask<bool>(shouldHandle(args) && Allows(args)),
            MaxRetryAttempts = RetrySettings.Attempts,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = RetrySettings.FirstWait,
            MaxDelay = RetrySettings.LongestWait,
            DelayGenerator = static args => new ValueTask<TimeSpan?>(Asked(args.Outcome)),
            OnRetry = args =>
            {
                Tell(args);
                return default;
            },
        })
        .Build();

    private static TimeSpan? Asked<T>(Outcome<T> outcome) => outcome.Exception is RegistryException error
        ? error.RetryAfter
        : TransientFaults.RetryAfter(outcome.Result as HttpResponseMessage);

    // A registry that asks for a longer wait than the budget allows is not asked again.
    private static bool Allows<T>(RetryPredicateArguments<T> args)
    {
        TimeSpan wait = Asked(args.Outcome) ?? RetrySettings.FirstWait * Math.Pow(2, args.AttemptNumber);
        return args.Context.Properties.TryGetValue(s_owner, out RegistryRetry? owner)
            && owner.Allows(wait, args.Outcome.Exception as RegistryException);
    }

    // A registry that falls silent takes as much time as one that asks to be left alone.
    private bool Allows(TimeSpan wait, RegistryException? error)
    {
        if (error?.Silence is { } silence)
        {
            budget.Spend(silence.From, silence.Until);
        }

        return budget.TryTake(wait);
    }

    private static void Tell<T>(OnRetryArguments<T> args)
    {
        if (args.Context.Properties.TryGetValue(s_owner, out RegistryRetry? owner)
            && args.Context.Properties.TryGetValue(s_what, out string? what))
        {
            string why = args.Outcome.Exception?.Message
                ?? (args.Outcome.Result is HttpResponseMessage response ? $"status {(int)response.StatusCode}" : "a fault");
            owner.Say(what, why, args.RetryDelay);
        }

        (args.Outcome.Result as IDisposable)?.Dispose();
    }

    private void Say(string what, string why, TimeSpan wait) =>
        log.Verbose(string.Create(CultureInfo.InvariantCulture, $"{what}: {why}. Trying again in {wait.TotalSeconds:0.0} s."));

    private async Task<T> RunAsync<T>(
        ResiliencePipeline<T> pipeline, Func<CancellationToken, Task<T>> work, string what, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(s_owner, this);
            context.Properties.Set(s_what, what);
            return await pipeline.ExecuteAsync(
                async context => await work(context.CancellationToken).ConfigureAwait(false), context).ConfigureAwait(false);
        }
        catch (RegistryException error)
        {
            // Tried often enough: who asked for this is not to try all of it again.
            error.IsTransient = false;
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
