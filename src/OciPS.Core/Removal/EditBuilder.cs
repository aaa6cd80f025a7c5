// SPDX-License-Identifier: MIT

using OciPS.Splicing;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>Converts decisions about a layer's entries into edits of its bytes.</summary>
/// <param name="promoted">The headers and the content of promoted hard links.</param>
internal sealed class EditBuilder(HardLinkContentSpool promoted)
{
    /// <summary>The edits of a layer, in order.</summary>
    public IReadOnlyList<ByteEdit> Build(LayerScan layer, IReadOnlyList<EntryDecision> decisions)
    {
        List<ByteEdit> edits = [.. decisions.Select(ToEdit)];
        // The last entry may lack padding, which engines accept but GNU tar and Python refuse.
        if (layer.Entries is [.., { MissingPadding: > 0 and int missing } last] && edits[^1].End < last.End)
        {
            edits.Add(ByteEdit.Replace(last.End, last.End, new byte[missing]));
        }

        return edits;
    }

    private ByteEdit ToEdit(EntryDecision decision) => decision switch
    {
        EntryDecision.Remove => new ByteEdit(decision.Entry.Start, decision.Entry.End),
        EntryDecision.Promote promote => Promote(promote.Entry, promote.Source),
        EntryDecision.Relink relink => Relink(relink.Entry, relink.Target),
        _ => throw new ArgumentOutOfRangeException(nameof(decision)),
    };

    private ByteEdit Promote(TarEntry link, TarEntry source)
    {
        EntryHeaders headers = promoted.Headers(source);
        if (source.Global != link.Global)
        {
            headers.AddInherited(source.Global);
        }

        headers.Rename(promoted.Headers(link).NameUnder(link.Global), link.Global);
        return ByteEdit.Replace(link.Start, link.End, headers.ToBytes(), () => promoted.OpenContent(source));
    }

    private ByteEdit Relink(TarEntry link, string target)
    {
        EntryHeaders headers = promoted.Headers(link);
        headers.Relink(target, link.Global);
        return ByteEdit.Replace(link.Start, link.End, headers.ToBytes());
    }
}
