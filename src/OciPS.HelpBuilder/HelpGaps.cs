// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>Finds what has no help yet.</summary>
internal static class HelpGaps
{
    public static IEnumerable<string> Find(CmdletDescription cmdlet)
    {
        if (cmdlet.Synopsis.Length == 0)
        {
            yield return $"{cmdlet.Name} has no <summary>.";
        }

        if (cmdlet.Description.Count == 0)
        {
            yield return $"{cmdlet.Name} has no <remarks>.";
        }

        if (cmdlet.Examples.Count == 0)
        {
            yield return $"{cmdlet.Name} has no <example>.";
        }

        foreach (ExampleDescription example in cmdlet.Examples.Where(example => example.Code.Length == 0 || example.Remarks.Count == 0))
        {
            yield return $"{cmdlet.Name} has an <example> without <code> or without <para>: '{example.Code}'.";
        }

        foreach (ParameterDescription parameter in cmdlet.Parameters.Where(parameter => parameter.Description.Length == 0))
        {
            yield return $"{cmdlet.Name} -{parameter.Name} has no <summary>.";
        }
    }
}
