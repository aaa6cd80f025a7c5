// SPDX-License-Identifier: MIT

using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace OciPS.HelpBuilder;

/// <summary>Converts the documentation comments of the cmdlets to the help that <c>Get-Help</c> reads.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var assembly, var documentation, var references, var output, var pages, .. { Length: <= 1 } address])
        {
            Console.Error.WriteLine("usage: OciPS.HelpBuilder ASSEMBLY DOCUMENTATION REFERENCES OUTPUT PAGES [ADDRESS]");
            return 2;
        }

        using var context = new MetadataLoadContext(new PathAssemblyResolver(File.ReadAllLines(references).Append(assembly)));
        IReadOnlyList<Type> types = CmdletReader.Find(context.LoadFromAssemblyPath(assembly));
        var comments = new DocumentationComments(XDocument.Load(documentation, LoadOptions.PreserveWhitespace), types);
        CmdletDescription[] cmdlets = types.Select(type => CmdletReader.Read(type, comments)).ToArray();
        string[] gaps = cmdlets.SelectMany(HelpGaps.Find).ToArray();
        foreach (string gap in gaps)
        {
            // The format that MSBuild recognises as an error.
            Console.Error.WriteLine($"OciPS.HelpBuilder : error HELP001: {gap}");
        }

        if (gaps.Length > 0)
        {
            return 1;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        using var writer = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, NewLineHandling = NewLineHandling.Entitize });
        MamlWriter.Write(cmdlets.Select(cmdlet => WithAddress(cmdlet, address.FirstOrDefault()))).Save(writer);
        MarkdownWriter.Write(cmdlets, pages);
        return 0;
    }

    // 'Get-Help -Online' opens the first address.
    private static CmdletDescription WithAddress(CmdletDescription cmdlet, string? address) => string.IsNullOrEmpty(address)
        ? cmdlet
        : cmdlet with
        {
            Links = [new RelatedLink(
            "Online Version:", $"{address.TrimEnd('/')}/docs/cmdlets/{cmdlet.Name}.md"), .. cmdlet.Links]
        };
}
