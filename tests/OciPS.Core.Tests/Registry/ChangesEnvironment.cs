// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Registry;

/// <summary>Tests that change the process's environment do not run beside others.</summary>
[CollectionDefinition(nameof(ChangesEnvironment), DisableParallelization = true)]
public sealed class ChangesEnvironment;
