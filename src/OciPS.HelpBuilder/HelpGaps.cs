// SPDX-License-Identifier: MIT

namespace OciPS.HelpBuilder;

/// <summary>Finds missing help.</summary>
internal static class HelpGaps
{
    public static IEnumerable<string> Find(CmdletDescription cmdlet)
    {
        if (cmdlet.Synopsis.Length == 0)
        {
            yield return $"Cmdlet {cmdlet.Name}: no <summary>.";
        }

        if (cmdlet.Description.Count == 0)
        {
            yield return $"Cmdlet {cmdlet.Name}: no <remarks>.";
        }

        if (cmdlet.Examples.Count == 0)
        {
            yield return $"Cmdlet {cmdlet.Name}: no <example>.";
        }

        if (cmdlet.Links.Count == 0)
        {
            yield return $"Cmdlet {cmdlet.Name}: no <seealso>.";
        }

        foreach (ExampleDescription example in cmdlet.Examples.Where(example => example.Code.Length == 0 || example.Remarks.Count == 0))
        {
            yield return $"Cmdlet {cmdlet.Name}: an <example> without <code> or without a text: '{example.Code.Split('\n')[0]}'.";
        }

        foreach (ParameterDescription parameter in cmdlet.Parameters.Where(parameter => parameter.Description.Length == 0))
        {
            yield return $"Cmdlet {cmdlet.Name}: parameter -{parameter.Name} has no <summary>.";
        }
    }
}
