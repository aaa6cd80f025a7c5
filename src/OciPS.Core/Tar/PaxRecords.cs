// SPDX-License-Identifier: MIT

using System.Buffers.Text;
using System.Text;

namespace OciPS.Tar;

/// <summary>The records of a pax extended header, in order; values are bytes.</summary>
/// <remarks>POSIX.1 pax, "pax Extended Header".</remarks>
internal sealed class PaxRecords
{
    public static readonly PaxRecords Empty = new([]);

    // Up to this number, a linear search is as fast as an index.
    private const int MostWithoutIndex = 16;

    private readonly IReadOnlyList<KeyValuePair<string, byte[]>> _records;
    private Dictionary<string, int>? _index;

    private PaxRecords(IReadOnlyList<KeyValuePair<string, byte[]>> records) => _records = records;

    public int Count => _records.Count;

    /// <summary>The total size of keys and values in bytes.</summary>
    public int Size => _records.Sum(record => record.Key.Length + record.Value.Length);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out PaxRecords records)
    {
        var list = new List<KeyValuePair<string, byte[]>>();
        records = new PaxRecords(list);
        while (!bytes.IsEmpty)
        {
            if (!Utf8Parser.TryParse(bytes, out int length, out int digits) || length <= digits + 1 || length > bytes.Length
                || bytes[digits] != ' ' || bytes[length - 1] != '\n')
            {
                return false;
            }

            ReadOnlySpan<byte> record = bytes[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return false;
            }

            list.Add(new(TarText.Decode(record[..equals]), record[(equals + 1)..].ToArray()));
            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>The value of the last record with a key; null if there is none or its value is empty.</summary>
    public string? Find(string key)
    {
        int last = FindLast(key);
        return last < 0 || _records[last].Value.Length == 0 ? null : TarText.Decode(_records[last].Value);
    }

    public bool Has(string key) => FindLast(key) >= 0;

    /// <summary>All values of records with these keys, in order: GNU's sparse format 0.0 repeats keys.</summary>
    public IEnumerable<(string Key, string Value)> FindAll(string first, string second) =>
        _records.Where(record => record.Key == first || record.Key == second).Select(record => (record.Key, TarText.Decode(record.Value)));

    /// <summary>These records followed by others, which take precedence.</summary>
    public PaxRecords With(PaxRecords others) => others.Count == 0 ? this : Count == 0 ? others : new([.. _records, .. others._records]);

    /// <summary>These records, with others replacing those with the same keys.</summary>
    public PaxRecords Replace(PaxRecords others) =>
        others.Count == 0 ? this : new([.. _records.Where(record => !others.Has(record.Key)), .. others._records]);

    public PaxRecords With(string key, string value) => new([.. _records, new(key, TarText.Encode(value))]);

    public PaxRecords Without(params string[] keys) => new(_records.Where(record => !keys.Contains(record.Key)).ToArray());

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        foreach ((string key, byte[] value) in _records)
        {
            byte[] keyBytes = TarText.Encode(key);
            bytes.Write(Encoding.ASCII.GetBytes(
                RecordLength(keyBytes.Length + value.Length + 3).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            bytes.WriteByte((byte)' ');
            bytes.Write(keyBytes);
            bytes.WriteByte((byte)'=');
            bytes.Write(value);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    private int FindLast(string key)
    {
        if (_records.Count > MostWithoutIndex)
        {
            return (_index ??= MakeIndex()).GetValueOrDefault(key, -1);
        }

        int last = _records.Count - 1;
        while (last >= 0 && _records[last].Key != key)
        {
            last--;
        }

        return last;
    }

    private Dictionary<string, int> MakeIndex()
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < _records.Count; i++)
        {
            index[_records[i].Key] = i;
        }

        return index;
    }

    // The length field counts its own digits.
    private static int RecordLength(int rest)
    {
        int length = rest + 1;
        while (rest + Digits(length) != length)
        {
            length = rest + Digits(length);
        }

        return length;
    }

    private static int Digits(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
}
