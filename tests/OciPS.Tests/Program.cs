// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Runs a script in an engine without the module, for tests that need a process of their own.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var script])
        {
            Console.Error.WriteLine("usage: OciPS.Tests SCRIPT; the tests themselves run with 'dotnet test'");
            return 2;
        }

        using var engine = new Engine(withModule: false);
        Result result = engine.Invoke(File.ReadAllText(script));
        foreach (object? item in result.Output)
        {
            Console.Out.WriteLine(item);
        }

        foreach (object error in result.AllErrors)
        {
            Console.Error.WriteLine(error);
        }

        return result.AllErrors.Any() ? 1 : 0;
    }
}
