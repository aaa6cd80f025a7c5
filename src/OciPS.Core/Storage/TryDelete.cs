// SPDX-License-Identifier: MIT

namespace OciPS.Storage;

/// <summary>Deletes what may stay if it cannot be deleted.</summary>
internal static class TryDelete
{
    /// <summary>Deletes a file or a folder; what cannot be deleted stays, since the error that came before it says more.</summary>
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
