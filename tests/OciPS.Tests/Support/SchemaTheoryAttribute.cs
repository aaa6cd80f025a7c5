// SPDX-License-Identifier: MIT

namespace OciPS.Tests.Support;

/// <summary>A theory that needs the image specification's JSON schemas, and is skipped where they are not beside the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute() =>
        Skip = Directory.Exists(ImageSchemas.Folder)
            ? null
            : $"needs the image specification's schemas in '../shared/{ImageSchemas.FolderName}', which are not on this machine";
}
