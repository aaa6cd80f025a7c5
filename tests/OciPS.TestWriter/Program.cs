// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Merging;
using OciPS.Publishing;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.TestWriter;

/// <summary>Writes images over and over, until it is killed; after each round it makes a file that says so.</summary>
internal static class Program
{
    private static readonly OciSession s_session = new();

    private static async Task<int> Main(string[] arguments)
    {
        Func<Task>? round = arguments switch
        {
            ["publish", _, var destination, .. var tarballs] => () => PublishAsync(ImageReference.Parse(destination), tarballs),
            ["merge", _, var source, var directory, var list] => () => MergeAsync(ImageReference.Parse(source), directory, list),
            _ => null,
        };
        while (round is not null)
        {
            await round().ConfigureAwait(false);
            await File.WriteAllTextAsync(arguments[1], string.Empty).ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync(
            "usage: publish ROUND DESTINATION TARBALL… | merge ROUND IMAGE DIRECTORY LIST").ConfigureAwait(false);
        return 2;
    }

    private static async Task PublishAsync(ImageReference destination, string[] tarballs)
    {
        foreach (string tarball in tarballs)
        {
            await new ArchivePublisher(tarball, null, s_session.BeginQuietly())
                .PublishAsync([destination], null, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task MergeAsync(ImageReference source, string directory, string list)
    {
        OperationContext operation = s_session.BeginQuietly();
        var options = new WriteOptions { Attestations = AttestationRule.Follow };
        using (ImageTree tree = await ImageTree.OpenAsync(source, options.Mode, operation, CancellationToken.None).ConfigureAwait(false))
        {
            IReadOnlySet<ImageNode> kept = await PlatformSelection.All.SelectAsync(tree, operation, CancellationToken.None)
                .ConfigureAwait(false);
            await new ImageCopier(tree, kept, options, operation)
                .CopyAsync(ImageReference.Parse("dir:" + directory), false, CancellationToken.None).ConfigureAwait(false);
        }

        var merger = new DirIndexMerger(
            directory, await ManifestListFile.ReadAsync(list, CancellationToken.None).ConfigureAwait(false), force: false);
        await merger.InspectAsync(CancellationToken.None).ConfigureAwait(false);
        await merger.MergeAsync(operation, CancellationToken.None).ConfigureAwait(false);
    }
}
