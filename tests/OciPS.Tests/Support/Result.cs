// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS.Tests.Support;

/// <summary>What came out of a script.</summary>
/// <param name="Output">The objects.</param>
/// <param name="Errors">The errors after which it went on.</param>
/// <param name="Terminating">The error that ended it, if one did.</param>
/// <param name="Warnings">The warnings' texts.</param>
/// <param name="Verbose">The verbose messages' texts.</param>
internal sealed record Result(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    ErrorRecord? Terminating,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose)
{
    public IEnumerable<ErrorRecord> AllErrors => Terminating is null ? Errors : Errors.Append(Terminating);

    /// <summary>The one error there is, which did not end the script.</summary>
    public ErrorRecord Error
    {
        get
        {
            Assert.Null(Terminating);
            return Assert.Single(Errors);
        }
    }
}
