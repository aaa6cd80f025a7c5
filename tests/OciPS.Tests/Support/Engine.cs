// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace OciPS.Tests.Support;

/// <summary>A PowerShell engine with the module as it is installed, in a temporary folder of its own.</summary>
internal sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;

    public Engine(bool withModule = true)
    {
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        Folder = Directory.CreateTempSubdirectory("ocips-tests-").FullName;
        _runspace = RunspaceFactory.CreateRunspace(Host, CreateSessionState(withModule));
        _runspace.Open();
        _runspace.SessionStateProxy.Path.SetLocation(Folder);
    }

    public static string ModulePath { get; } = Path.Combine(
        typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(item => item.Key == "ModulePath").Value!, "OciPS.psd1");

    /// <summary>PowerShell's location; not the process's.</summary>
    public string Folder { get; }

    public TestHost Host { get; } = new();

    /// <summary>What scripts are allowed; administrators set ConstrainedLanguage.</summary>
    public PSLanguageMode LanguageMode
    {
        set => _runspace.SessionStateProxy.LanguageMode = value;
    }

    public void Set(string variable, object? value) => _runspace.SessionStateProxy.SetVariable(variable, value);

    public string GetPath(string name) => Path.Combine(Folder, name);

    /// <summary>The layout in a folder below the engine's.</summary>
    public Layout Layout(string name) => new(GetPath(name));

    public PowerShell CreateShell(string script, params object?[] arguments)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public Result Invoke(string script, params object?[] arguments)
    {
        using PowerShell shell = CreateShell(script, arguments);
        var output = new List<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException error)
        {
            terminating = error.ErrorRecord;
        }

        return new Result(
            output,
            [.. shell.Streams.Error],
            terminating,
            [.. shell.Streams.Warning.Select(warning => warning.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)]);
    }

    /// <summary>Runs what must not fail.</summary>
    public IReadOnlyList<PSObject> Run(string script, params object?[] arguments)
    {
        Result result = Invoke(script, arguments);
        Assert.Empty(result.AllErrors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"));
        return result.Output;
    }

    /// <summary>What a user sees of a command's output.</summary>
    public string[] Show(string script)
    {
        Host.Clear();
        using PowerShell shell = CreateShell(script);
        shell.AddCommand("Out-Default");
        shell.Invoke();
        return Host.Lines;
    }

    /// <summary>Closes the runspace, whatever runs in it.</summary>
    public void Close() => _runspace.Close();

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public static InitialSessionState CreateSessionState(bool withModule)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        if (withModule)
        {
            state.ImportPSModule(ModulePath);
        }

        return state;
    }
}
