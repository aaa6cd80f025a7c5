// SPDX-License-Identifier: MIT

using System.Net;
using Polly;
using Polly.Retry;

namespace OciPS.Registry.Resilience;

/// <summary>The retry rules of a session: which failures are transient, and how long to wait.</summary>
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

    /// <summary>Retries a request after a transient failure or response.</summary>
    public ResiliencePipeline<HttpResponseMessage> Requests => _requests.Value;

    /// <summary>As <see cref="Requests"/>, but status 500 is a valid response.</summary>
    public ResiliencePipeline<HttpResponseMessage> Questions => _questions.Value;

    /// <summary>Repeats work after a transient failure.</summary>
    public ResiliencePipeline<bool> Work => _work.Value;

    /// <summary>Attaches the owner to a pipeline's context.</summary>
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

    // If a registry requests a longer wait than the budget allows, its response is final.
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
