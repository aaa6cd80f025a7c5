// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Management.Automation.Host;

namespace OciPS.Shell;

/// <summary>What PowerShell needs of the program that it runs in.</summary>
internal sealed class ShellHost : PSHost
{
    /// <summary>What the script said with <c>exit</c>; 0 if it did not.</summary>
    public int ExitCode { get; private set; }

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "OciPS.Shell";

    public override PSHostUserInterface UI { get; } = new ShellUserInterface();

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
