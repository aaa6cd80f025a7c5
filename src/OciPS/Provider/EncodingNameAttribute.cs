// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Text;

namespace OciPS.Provider;

/// <summary>Accepts encodings by PowerShell's names, by .NET's names, and by code page numbers.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EncodingNameAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string name => Find(name),
            int codePage => Encoding.GetEncoding(codePage),
            object other => other,
        };

    private static Encoding Find(string name) => name.ToUpperInvariant() switch
    {
        "ASCII" => Encoding.ASCII,
        "ANSI" => Encoding.GetEncoding(CultureInfo.CurrentCulture.TextInfo.ANSICodePage),
        "BIGENDIANUNICODE" => Encoding.BigEndianUnicode,
        "BIGENDIANUTF32" => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        "DEFAULT" => Encoding.Default,
        "OEM" => OperatingSystem.IsWindows() ? Encoding.GetEncoding((int)GetOEMCP()) : Encoding.Default,
        "UNICODE" or "STRING" or "UNKNOWN" => Encoding.Unicode,
#pragma warning disable SYSLIB0001 // Old files use UTF-7; it is only decoded.
        "UTF7" => Encoding.UTF7,
#pragma warning restore SYSLIB0001
        "UTF8" or "UTF8BOM" or "UTF8NOBOM" => Encoding.UTF8,
        "UTF32" => Encoding.UTF32,
        _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int codePage)
            ? Encoding.GetEncoding(codePage)
            : Encoding.GetEncoding(name),
    };

    // The user's culture may have another OEM code page than the system. Only Windows has one.
    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint GetOEMCP();
}
