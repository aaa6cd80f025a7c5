// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS;

/// <summary>Named in OciPS.Types.ps1xml: restores outputs after a job or Import-Clixml.</summary>
/// <remarks>PowerShell hides a converter's exceptions, so this throws none; an object that cannot be restored stays as it is.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OciOutputConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(PSObject sourceValue, Type destinationType) =>
        sourceValue is not null && SavedOutputs.Restore(sourceValue, destinationType) is not null;

    /// <inheritdoc/>
    public override object? ConvertFrom(PSObject sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        sourceValue is null ? null : SavedOutputs.Restore(sourceValue, destinationType);

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        CanConvertFrom(PSObject.AsPSObject(sourceValue), destinationType);

    /// <inheritdoc/>
    public override object? ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        ConvertFrom(PSObject.AsPSObject(sourceValue), destinationType, formatProvider, ignoreCase);

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object? ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => null;
}
