// SPDX-License-Identifier: MIT

namespace OciPS.Tests.Support;

/// <summary>Tests that look at what the whole process has open, or change it: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
