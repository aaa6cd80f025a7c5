// SPDX-License-Identifier: MIT

using NJsonSchema;
using NJsonSchema.Validation;

namespace OciPS.Tests.Support;

/// <summary>The JSON schemas of the image specification (draft 4), by the kind of document.</summary>
internal static class ImageSchemas
{
    public const string FolderName = "image-spec-schema";

    private static readonly Dictionary<DocumentKind, JsonSchema> s_schemas = [];

    /// <summary>Beside the repository's root; it is no part of the repository.</summary>
    public static string Folder { get; } = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "..", "..", "..", "shared", FolderName));

    /// <summary>What is wrong with a document; empty if nothing is.</summary>
    public static string[] Validate(DocumentKind kind, string json)
    {
        lock (s_schemas)
        {
            if (!s_schemas.TryGetValue(kind, out JsonSchema? schema))
            {
                s_schemas[kind] = schema = JsonSchema.FromFileAsync(Path.Combine(Folder, GetFile(kind))).GetAwaiter().GetResult();
            }

            return schema.Validate(json).Select(Describe).ToArray();
        }
    }

    // Where one of several schemas has to fit, the error says no more than that; what is below it says why.
    private static string Describe(ValidationError error) => error is ChildSchemaValidationError child
        ? $"{error}: {string.Join("; ", child.Errors.SelectMany(errors => errors.Value).Select(Describe))}"
        : error.ToString();

    private static string GetFile(DocumentKind kind) => kind switch
    {
        DocumentKind.Layout => "image-layout-schema.json",
        DocumentKind.Index => "image-index-schema.json",
        DocumentKind.Manifest => "image-manifest-schema.json",
        _ => "config-schema.json",
    };
}
