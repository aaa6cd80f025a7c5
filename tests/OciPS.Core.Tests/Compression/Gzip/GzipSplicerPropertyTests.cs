// SPDX-License-Identifier: MIT

using CsCheck;
using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Splicing;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Whatever is cut out of whatever gzip, others find exactly what is left.</summary>
[Trait("Speed", "Slow")]
public sealed class GzipSplicerPropertyTests(ITestOutputHelper log)
{
    private const int Cases = 10_000;

    private static readonly Gen<Edit[]> s_edits = Gen.OneOf(
        // None, one that may be all, many small ones, a few large ones.
        Gen.Const(Array.Empty<Edit>()),
        EditGen(1.0).Array[1],
        EditGen(0.002).Array[1, 40],
        EditGen(0.1).Array[1, 6]);

    private static readonly Gen<(int Item, Edit[] Edits, int Shape)> s_cases = Gen.Select(Gen.Int[0, int.MaxValue], s_edits, Gen.Int[0, 9]);

    private int _short;

    [PeerFact("python3", "gzip")]
    public void Splice_AnyEditsOfAnyGzip_IsTheEditedContent()
    {
        using var judges = new SpliceJudges();

        s_cases.Sample(
            test =>
            {
                DeflateCorpus.Item item = DeflateCorpus.Instance.Items[test.Item % DeflateCorpus.Instance.Items.Count];
                IReadOnlyList<ByteEdit> edits = ToEdits(item.Raw, test.Edits, test.Shape);
                byte[] expected = Splicing.Apply(item.Raw, edits);
                (byte[] spliced, Digest diffId) = Splicing.Run(item.Gzip, edits);
                return diffId == Digest.FromBytes(expected)
                    && judges.Check(spliced, expected)
                    && IsSameByShortcut(item, edits, expected, spliced);
            },
            iter: Cases,
            print: test =>
            {
                var item = DeflateCorpus.Instance.Items[test.Item % DeflateCorpus.Instance.Items.Count];
                return $"{item.Name}: {string.Join(", ", ToEdits(item.Raw, test.Edits, test.Shape))}";
            });

        int count = judges.Finish();
        log.WriteLine($"{_short} by a shortcut");
        Assert.True(_short > Cases / 4, $"Only {_short} took a shortcut.");
        log.WriteLine($"{count} cases over {DeflateCorpus.Instance.Items.Count} files");
        Assert.True(count >= Cases, $"Only {count} cases were run.");
    }

    /// <summary>What is known before saves work, and changes no bit of what comes out.</summary>
    private bool IsSameByShortcut(DeflateCorpus.Item item, IReadOnlyList<ByteEdit> edits, byte[] expected, byte[] spliced)
    {
        long spacing = expected.Length % 3 == 0 ? 1 : 40_000;
        if (Splicing.RunShort(item.Gzip, edits, expected, spacing) is not { } known)
        {
            return true;
        }

        Interlocked.Increment(ref _short);
        return known.DiffId == Digest.FromBytes(expected) && known.Gzip.AsSpan().SequenceEqual(spliced);
    }

    private static Gen<Edit> EditGen(double most) => Gen.Select(
        Gen.Double[0, 1], Gen.Double[0, most], Gen.OneOf(
            Gen.Const(0), Gen.Int[1, 2000], Gen.Int[1, 100_000]), (start, length, replacement) => new Edit(start, length, replacement));

    /// <summary>Where an edit is in the content, and how long what comes in its place.</summary>
    private sealed record Edit(double Start, double Length, int Replacement);

    private static List<ByteEdit> ToEdits(byte[] raw, Edit[] edits, int shape)
    {
        var result = new List<ByteEdit>();
        long end = 0;
        foreach (Edit edit in edits.OrderBy(edit => edit.Start))
        {
            long start = Math.Max(end, (long)(edit.Start * raw.Length));
            end = Math.Min(raw.Length, start + (long)(edit.Length * raw.Length));
            if (shape < 5)
            {
                // As entries of a tar lie.
                (start, end) = (start / 512 * 512, end / 512 * 512);
            }

            result.Add(Splicing.Edit(start, end, shape % 3 == 0 ? edit.Replacement : 0));
        }

        switch (shape)
        {
            case 6 when result.Count > 0:
                // From the beginning, adjacent to the next.
                result.Insert(0, Splicing.Edit(0, result[0].Start, 0));
                break;
            case 7:
                // To the end, adjacent to the last.
                result.Add(Splicing.Edit(result.Count > 0 ? result[^1].End : 0, raw.Length, 0));
                break;
            case 8:
                // Something new behind all.
                result.Add(Splicing.Edit(raw.Length, raw.Length, 700));
                break;
        }

        return result;
    }
}
