// SPDX-License-Identifier: MIT

using System.Reflection;
using Microsoft.PowerShell;

// PowerShell's own console, with the built module first on PSModulePath. The user's module folder has to be included: PowerShell prepends
// it to a path that lacks it.
string module = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
    .First(item => item.Key == "ModuleFolder").Value!;
string user = OperatingSystem.IsWindows()
    ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.MyDocuments), "PowerShell", "Modules")
    : Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "powershell",
        "Modules");
const string ModulePath = "PSModulePath";
string?[] folders = [module, user, Environment.GetEnvironmentVariable(ModulePath)];
Environment.SetEnvironmentVariable(ModulePath, string.Join(Path.PathSeparator, folders.Where(folder => !string.IsNullOrEmpty(folder))));
return ConsoleShell.Start("PowerShell with OciPS", string.Empty, args);
