// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>How long a session waits for registries, and how often it repeats a request.</summary>
internal sealed record RegistryOptions
{
    /// <summary>How often a request is sent again.</summary>
    public const int Attempts = 5;

    /// <summary>The bytes that a transfer has to move between two breaks to count as progress.</summary>
    public const int LeastProgress = 64 * 1024;

    public static RegistryOptions Default { get; } = new();

    /// <summary>The wait before the first repetition; each that follows is about twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest wait; a registry that asks for more is not waited for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long is waited in all while one image is read or written, however many registries that takes.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long is waited in all for a mirror, before the next place is asked.</summary>
    public TimeSpan MirrorBudget { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long an answer may take to begin.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer may pause after it began.</summary>
    public TimeSpan BodyTimeout => IdleTimeout * 0.75;

    /// <summary>
    /// How long a registry may take to store a blob that it has received: the usual time, and a second more for each 16 MiB.
    /// </summary>
    public TimeSpan CommitTimeout(long bytes) => IdleTimeout + TimeSpan.FromSeconds(bytes >> 24);
}
