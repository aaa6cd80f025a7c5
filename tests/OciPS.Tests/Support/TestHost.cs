// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Management.Automation.Host;

namespace OciPS.Tests.Support;

/// <summary>A host that keeps what it is told to show, and answers what it is asked.</summary>
internal sealed class TestHost : PSHost
{
    private readonly TestUserInterface _ui = new();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => GivenName;

    public string GivenName { get; set; } = "OciPS.Tests";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = new(1, 0);

    /// <summary>What was shown.</summary>
    public string[] Lines => _ui.Text.Split('\n');

    /// <summary>What was asked.</summary>
    public IReadOnlyList<string> Questions => _ui.Questions;

    /// <summary>The next answers, as in <c>Yes</c> and <c>No to All</c>; a question without one fails.</summary>
    public Queue<string> Answers => _ui.Answers;

    /// <summary>What is thrown instead of an answer, as hosts do that cannot ask.</summary>
    public Exception? Refusal
    {
        set => _ui.Refusal = value;
    }

    public void Clear() => _ui.Clear();

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
