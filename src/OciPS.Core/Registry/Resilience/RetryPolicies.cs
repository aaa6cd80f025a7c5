// SPDX-License-Identifier: MIT

using System.Net;
using Polly;
using Polly.Retry;

namespace OciPS.Registry.Resilience;

/// <summary>The rules by which a session repeats requests: what counts as transient, and how long to wait.</summary>
internal sealed class RetryPolicies
{
    private static readonly ResiliencePropertyKey<RegistryRetry> s_owner = new("OciPS.Retry");

    private readonly RegistryOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>> _requests;
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>> _questions;
    private readonly Lazy<ResiliencePipeline<bool>> _work;

    public RetryPolicies(RegistryOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _requests = new(() => Build<HttpResponseMessage>(
            static args => args.Outcome.Result is { } response
                ? TransientFaults.IsTransient(response)
                : IsTransient(args.Outcome.Exception)));
        _questions = new(() => Build<HttpResponseMessage>(
            static args => args.Outcome.Result is { } response
                ? response.StatusCode != HttpStatusCode.InternalServerError && TransientFaults.IsTransient(response)
                : IsTransient(args.Outcome.Exception)));
        _work = new(() => Build<bool>(static args => IsTransient(args.Outcome.Exception)));
    }

    /// <summary>Repeats a request after a transient failure or answer.</summary>
    public ResiliencePipeline<HttpResponseMessage> Requests => _requests.Value;

    /// <summary>As <see cref="Requests"/>, but a status 500 is an answer.</summary>
    public ResiliencePipeline<HttpResponseMessage> Questions => _questions.Value;

    /// <summary>Repeats a piece of work after a transient failure.</summary>
    public ResiliencePipeline<bool> Work => _work.Value;

    /// <summary>Tells a pipeline whom it works for.</summary>
    public static void SetOwner(ResilienceContext context, RegistryRetry owner) => context.Properties.Set(s_owner, owner);

    private static bool IsTransient(Exception? error) => error is not null && TransientFaults.IsTransient(error);

    private ResiliencePipeline<T> Build<T>(Func<RetryPredicateArguments<T>, bool> shouldHandle) =>
        new ResiliencePipelineBuilder<T> { TimeProvider = _clock }
        .AddRetry(new RetryStrategyOptions<T>
        {
            ShouldHandle = args => new ValueTask<bool>(shouldHandle(args) && Allows(args)),
            MaxRetryAttempts = RegistryOptions.Attempts,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _options.FirstWait,
            MaxDelay = _options.LongestWait,
            DelayGenerator = args => new ValueTask<TimeSpan?>(GetAskedWait(args.Outcome)),
            OnRetry = static args =>
            {
                Report(args);
                return default;
            },
        })
        .Build();

    private TimeSpan? GetAskedWait<T>(Outcome<T> outcome) => outcome.Exception is RegistryException error
        ? error.RetryAfter
        : TransientFaults.RetryAfter(outcome.Result as HttpResponseMessage, _clock);

    // A registry that asks for a longer wait than there is time for has given its last answer.
    private bool Allows<T>(RetryPredicateArguments<T> args)
    {
        TimeSpan wait = GetAskedWait(args.Outcome) ?? _options.FirstWait * Math.Pow(2, args.AttemptNumber);
        return args.Context.Properties.TryGetValue(s_owner, out RegistryRetry? owner)
            && owner.Allows(wait, args.Outcome.Exception as RegistryException);
    }

    private static void Report<T>(OnRetryArguments<T> args)
    {
        if (args.Context.Properties.TryGetValue(s_owner, out RegistryRetry? owner))
        {
            string why = args.Outcome.Exception?.Message
                ?? (args.Outcome.Result is HttpResponseMessage response ? $"status {(int)response.StatusCode}" : "a fault");
            owner.Report(args.Context, why, args.RetryDelay);
        }

        (args.Outcome.Result as IDisposable)?.Dispose();
    }
}
