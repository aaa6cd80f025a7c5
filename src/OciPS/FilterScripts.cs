// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Asks scriptblocks of users about things. One that fails gives no answer: what it was to choose is not guessed.</summary>
internal static class FilterScripts
{
    /// <param name="script">The scriptblock; runs on the pipeline's thread.</param>
    /// <param name="item">What is <c>$_</c> in it.</param>
    /// <param name="what">The thing, for people.</param>
    /// <exception cref="OciException">It failed.</exception>
    public static bool Ask(ScriptBlock script, object item, string what)
    {
        List<PSVariable> variables = [new PSVariable("_", item), new PSVariable("ErrorActionPreference", ActionPreference.Stop)];
        try
        {
            return LanguagePrimitives.IsTrue(script.InvokeWithContext([], variables));
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException && !error.WasThrownFromThrowStatement)
        {
            if (error.GetBaseException() is OciException cause)
            {
                throw cause;
            }

            throw new InvalidInputException(
                ErrorIds.FilterFailed, $"The filter failed for '{what}', so that nothing was written: {error.Message}", error);
        }
    }
}
