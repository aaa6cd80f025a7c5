// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>How long a registry is waited for.</summary>
internal static class RetrySettings
{
    /// <summary>How often a request is sent again.</summary>
    public const int Attempts = 5;

    /// <summary>How many bytes a break has to come after to be one of a transfer that comes on.</summary>
    public const int LeastProgress = 64 * 1024;

    /// <summary>The wait before the first repetition; each that follows is about twice as long.</summary>
    public static TimeSpan FirstWait { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest wait; a registry that asks for more is not waited for.</summary>
    public static TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How long is waited in all while one image is read or written, however many registries that takes.</summary>
    public static TimeSpan Budget { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long is waited in all for a mirror, before the next place is asked.</summary>
    public static TimeSpan MirrorBudget { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long an answer may take to begin.</summary>
    public static TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer may rest in its middle: not as long as one that gives a byte a minute.</summary>
    public static TimeSpan BodyTimeout => IdleTimeout * 0.75;

    /// <summary>
    /// How long a registry may be silent while it puts away what it was sent: as long as otherwise, and for a large blob a second for each
    /// 16 MiB more.
    /// </summary>
    public static TimeSpan CommitTimeout(long bytes) => IdleTimeout + TimeSpan.FromSeconds(bytes >> 24);
}
