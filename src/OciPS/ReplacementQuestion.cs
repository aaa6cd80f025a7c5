// SPDX-License-Identifier: MIT

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using OciPS.References;

namespace OciPS;

/// <summary>Asks for confirmation before a write, and once more before an image is replaced in place.</summary>
/// <param name="cmdlet">The cmdlet that asks. All methods run on the pipeline's thread.</param>
internal sealed class ReplacementQuestion(PSCmdlet cmdlet)
{
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>Refuses to replace an image in a session that cannot ask, before any work is done.</summary>
    /// <exception cref="InvalidInputException">The session cannot ask.</exception>
    public void EnsureCanAsk(ImageReference image)
    {
        if (!IsPreference("WhatIf", "WhatIfPreference") && !CanAsk())
        {
            throw NobodyToAsk(image);
        }
    }

    /// <summary>Whether to proceed.</summary>
    /// <param name="plan">The planned operation.</param>
    /// <param name="caption">A short caption.</param>
    /// <param name="replaced">The image that is replaced in place; null if none is.</param>
    /// <param name="force">Whether to skip the question about the replacement.</param>
    public bool Agrees(string plan, string caption, ImageReference? replaced, bool force)
    {
        string replacing = TerminalText.Escape($"'{replaced}' itself gets the new image, and no longer names the old one.");
        plan = TerminalText.Escape(plan, keepsLines: true);
        caption = TerminalText.Escape(caption);

        // If ShouldProcess asks anyway, there is no second question.
        bool isAsked = ShouldProcessAsks();
        if (!cmdlet.ShouldProcess(
            plan, replaced is not null && isAsked ? $"{plan}\n{replacing}\nContinue?" : $"{plan}\nContinue?", caption))
        {
            return false;
        }

        if (force || replaced is null || isAsked)
        {
            return true;
        }

        try
        {
            return cmdlet.ShouldContinue($"{plan}\n{replacing}\nContinue?", "Replace the image", ref _yesToAll, ref _noToAll);
        }
        catch (Exception error) when (MeansNobodyIsThere(error))
        {
            throw NobodyToAsk(replaced);
        }
    }

    // PowerShell's own host refuses before it looks at the question; if it does not, it refuses a question without answers before showing
    // anything. Other hosts are not tried, since they may behave differently.
    private bool CanAsk()
    {
        if (cmdlet.Host.Name is not ("ConsoleHost" or "Default Host"))
        {
            return true;
        }

        try
        {
            cmdlet.Host.UI.PromptForChoice(string.Empty, string.Empty, new Collection<ChoiceDescription>(), 0);
            return true;
        }
        catch (Exception error)
        {
            return !MeansNobodyIsThere(error);
        }
    }

    private static bool MeansNobodyIsThere(Exception error) =>
        error is PSInvalidOperationException or HostException
            || (error is RuntimeException { InnerException: { } inner } && MeansNobodyIsThere(inner));

    private static InvalidInputException NobodyToAsk(ImageReference image) => new(
        ErrorIds.ForceRequired,
        $"'{image}' itself would be replaced, and the session cannot ask whether that is intended. Use -Force if it is, or say with "
            + "-Destination where the new image goes.");

    /// <summary>Whether ShouldProcess asks, according to -Confirm and $ConfirmPreference.</summary>
    private bool ShouldProcessAsks() => cmdlet.MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm)
        ? LanguagePrimitives.IsTrue(confirm)
        : LanguagePrimitives.TryConvertTo(cmdlet.GetVariableValue("ConfirmPreference"), out ConfirmImpact preference)
        && preference is ConfirmImpact.Low or ConfirmImpact.Medium;

    private bool IsPreference(string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue(variable));
}
