// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace OciPS.Shell;

/// <summary>Runs a command or a script with the module loaded: <c>-Command TEXT</c>, <c>-File PATH [ARGS]</c>.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private static int Main(string[] arguments)
    {
        if (ShellArguments.Parse(arguments) is not { } script)
        {
            Console.Error.WriteLine("usage: OciPS.Shell -Command TEXT | -File PATH [ARGUMENTS]");
            return UsageError;
        }

        var host = new ShellHost();
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, CreateSessionState());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            shell.BeginStop(null, null);
        };
        return Run(shell, script, host);
    }

    private static InitialSessionState CreateSessionState()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        string module = typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "ModulePath").Value!;
        state.ImportPSModule(Path.Combine(module, "OciPS.psd1"));
        return state;
    }

    private static int Run(PowerShell shell, string script, ShellHost host)
    {
        try
        {
            shell.AddScript(script).AddCommand("Out-Default");
            shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            shell.Invoke();
            return host.ExitCode;
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            Report(shell.Runspace, error.ErrorRecord);
            return host.ExitCode == 0 ? 1 : host.ExitCode;
        }
        catch (PipelineStoppedException)
        {
            return host.ExitCode == 0 ? 1 : host.ExitCode;
        }
    }

    // As PowerShell shows it: with the place in the script.
    private static void Report(Runspace runspace, ErrorRecord error)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand("Out-Default").Invoke(new[] { error });
    }
}
