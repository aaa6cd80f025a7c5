// SPDX-License-Identifier: MIT

namespace OciPS.Storage;

/// <summary>Deletes files that may stay if that fails.</summary>
internal static class TryDelete
{
    /// <summary>Deletes a file or a folder; ignores failures, since the preceding error says more.</summary>
    public static void Run(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
