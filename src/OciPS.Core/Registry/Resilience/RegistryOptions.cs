// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>The time limits and retry counts for registries.</summary>
internal sealed record RegistryOptions
{
    /// <summary>The maximum number of retries.</summary>
    public const int Attempts = 5;

    /// <summary>The number of bytes between two breaks that counts as progress.</summary>
    public const int LeastProgress = 64 * 1024;

    public static RegistryOptions Default { get; } = new();

    /// <summary>The wait before the first retry; each further wait is about twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest wait; if a registry requests more, there is no retry.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>The total wait while one image is read or written, for all registries together.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The total wait for a mirror before the next source is tried.</summary>
    public TimeSpan MirrorBudget { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The time limit until a response begins.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause within a response.</summary>
    public TimeSpan BodyTimeout => IdleTimeout * 0.75;

    /// <summary>The time limit for a registry to store a received blob: the usual one, plus one second per 16 MiB.</summary>
    public TimeSpan CommitTimeout(long bytes) => IdleTimeout + TimeSpan.FromSeconds(bytes >> 24);
}
