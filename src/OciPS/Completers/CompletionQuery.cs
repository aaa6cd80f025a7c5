// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;

namespace OciPS.Completers;

/// <summary>
/// Runs this module's cmdlets for completion: with a short time limit, without messages, and with results cached for a minute.
/// </summary>
internal static class CompletionQuery
{
    private const int MaximumAnswers = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_keptFor = TimeSpan.FromMinutes(1);

    // A query that failed or took too long may succeed soon, so an empty result is cached only briefly.
    private static readonly TimeSpan s_nothingKeptFor = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<string, (long At, IReadOnlyList<PSObject> Answer)> s_answers = new(StringComparer.Ordinal);

    /// <summary>The output of a cmdlet for a reference; empty if it fails or takes too long.</summary>
    /// <param name="cmdlet">The name of the cmdlet.</param>
    /// <param name="reference">Its -Reference.</param>
    /// <param name="platform">Its -Platform; null for none.</param>
    public static IReadOnlyList<PSObject> Ask(string cmdlet, string reference, string? platform = null)
    {
        string key = $"{cmdlet}\n{CompletionLocation.Resolve(reference)}\n{platform}";
        if (s_answers.TryGetValue(key, out (long At, IReadOnlyList<PSObject> Answer) known)
            && Stopwatch.GetElapsedTime(known.At) < (known.Answer.Count > 0 ? s_keptFor : s_nothingKeptFor))
        {
            return known.Answer;
        }

        IReadOnlyList<PSObject> answer = Run(cmdlet, reference, platform);
        if (s_answers.Count > MaximumAnswers)
        {
            s_answers.Clear();
        }

        s_answers[key] = (Stopwatch.GetTimestamp(), answer);
        return answer;
    }

    private static IReadOnlyList<PSObject> Run(string cmdlet, string reference, string? platform)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(cmdlet).AddParameter("Reference", reference).AddParameter("ErrorAction", ActionPreference.Ignore)
            .AddParameter("WarningAction", ActionPreference.Ignore)
            .AddParameter("Verbose", false).AddParameter("Debug", false);
        if (platform is not null)
        {
            shell.AddParameter("Platform", platform);
        }

        using var patience = new Timer(_ => shell.BeginStop(null, null), null, s_patience, Timeout.InfiniteTimeSpan);
        try
        {
            return [.. shell.Invoke()];
        }
        catch (Exception error) when (error is RuntimeException or InvalidOperationException)
        {
            // Completion shows no errors.
            return [];
        }
    }
}
