// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Runs the users' filter scriptblocks. A failed one is an error: its result is not guessed.</summary>
internal static class FilterScripts
{
    /// <param name="script">The scriptblock; runs on the pipeline's thread.</param>
    /// <param name="item">The value of <c>$_</c>.</param>
    /// <param name="what">The name of the item in messages.</param>
    /// <exception cref="OciException">The scriptblock failed.</exception>
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
