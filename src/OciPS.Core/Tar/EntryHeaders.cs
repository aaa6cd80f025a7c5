// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The parsed header blocks of one entry, for changing its name or link and keeping all else.</summary>
internal sealed class EntryHeaders
{
    private const int NameLength = 100;
    private const int LinkOffset = 157;
    private const int PrefixOffset = 345;
    private const int PrefixLength = 155;

    private readonly byte[] _block;
    private readonly byte[] _rest;
    private readonly byte[]? _paxBlock;
    private PaxRecords _records;
    private string? _longName;
    private string? _longLink;

    private EntryHeaders(byte[] block, byte[] rest, byte[]? paxBlock, PaxRecords records, string? longName, string? longLink)
    {
        _block = block;
        _rest = rest;
        _paxBlock = paxBlock;
        _records = records;
        _longName = longName;
        _longLink = longLink;
    }

    private TarHeader Header => new(_block);

    /// <summary>The name as written in the archive.</summary>
    public string Name => NameUnder(PaxRecords.Empty);

    /// <summary>The name with global records in force.</summary>
    public string NameUnder(PaxRecords global) => Find("GNU.sparse.name", global) ?? Find("path", global) ?? _longName
        ?? (Header.Prefix.IsEmpty ? string.Empty : TarText.Decode(Header.Prefix) + "/") + TarText.Decode(Header.Name);

    /// <summary>The link target as written in the archive.</summary>
    public string Link => _records.Find("linkpath") ?? _longLink ?? TarText.Decode(Header.LinkName);

    /// <summary>Parses the bytes from the beginning of an entry to the beginning of its content.</summary>
    public static EntryHeaders Parse(ReadOnlySpan<byte> bytes)
    {
        PaxRecords records = PaxRecords.Empty;
        byte[]? paxBlock = null;
        string? longName = null;
        string? longLink = null;
        while (true)
        {
            var header = new TarHeader(bytes);
            ReadOnlySpan<byte> block = bytes[..TarHeader.BlockSize];
            if (header.TypeFlag is not ('x' or 'g' or 'L' or 'K'))
            {
                return new EntryHeaders(block.ToArray(), bytes[TarHeader.BlockSize..].ToArray(), paxBlock, records, longName, longLink);
            }

            long size = header.TryGetSize(out long stated) ? stated : 0;
            ReadOnlySpan<byte> content = bytes.Slice(TarHeader.BlockSize, (int)size);
            switch (header.TypeFlag)
            {
                case 'x':
                    records = PaxRecords.TryParse(content, out PaxRecords more) ? records.With(more) : records;
                    paxBlock = block.ToArray();
                    break;
                case 'L':
                    longName = TarText.Decode(content.TrimEnd((byte)0));
                    break;
                case 'K':
                    longLink = TarText.Decode(content.TrimEnd((byte)0));
                    break;
            }

            bytes = bytes[(TarHeader.BlockSize + (int)TarEntry.Pad(size))..];
        }
    }

    /// <summary>Adds the source archive's global records, which may not be in force in the destination.</summary>
    public void AddInherited(PaxRecords global) => _records = global.Without([.. EffectivePaxRecords.OwnOnly, "comment"]).With(_records);

    /// <summary>Renames the entry, with global records in force.</summary>
    public void Rename(string name, PaxRecords global)
    {
        bool isSparse = _records.Has("GNU.sparse.name") || global.Has("GNU.sparse.name");
        _records = _records.Without("path", "GNU.sparse.name");
        _longName = null;
        byte[] bytes = TarText.Encode(name);
        if (isSparse)
        {
            _records = _records.With("GNU.sparse.name", name);
        }
        else if (global.Has("path"))
        {
            _records = _records.With("path", name);
        }
        else if (bytes.Length > NameLength)
        {
            SetLong("path", name, ref _longName);
        }

        SetField(0, NameLength, bytes);
        if (Header.IsUstar)
        {
            _block.AsSpan(PrefixOffset, PrefixLength).Clear();
        }

        TarHeader.SetChecksum(_block);
    }

    /// <summary>Changes the target of a link, with global records in force.</summary>
    public void Relink(string target, PaxRecords global)
    {
        _records = _records.Without("linkpath");
        _longLink = null;
        byte[] bytes = TarText.Encode(target);
        if (global.Has("linkpath"))
        {
            _records = _records.With("linkpath", target);
        }
        else if (bytes.Length > NameLength)
        {
            SetLong("linkpath", target, ref _longLink);
        }

        SetField(LinkOffset, NameLength, bytes);
        TarHeader.SetChecksum(_block);
    }

    /// <summary>The headers as bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        if (_longLink is not null)
        {
            TarHeaderWriter.WriteGnu(bytes, 'K', _longLink);
        }

        if (_longName is not null)
        {
            TarHeaderWriter.WriteGnu(bytes, 'L', _longName);
        }

        if (_records.Count > 0)
        {
            TarHeaderWriter.WritePax(bytes, Name, _records, _paxBlock);
        }

        bytes.Write(_block);
        bytes.Write(_rest);
        return bytes.ToArray();
    }

    private string? Find(string key, PaxRecords global) => new EffectivePaxRecords(global, _records).Find(key);

    // GNU archives have their own records for long names; everything else uses pax records.
    private void SetLong(string key, string value, ref string? gnu)
    {
        if (Header.IsGnu && _records.Count == 0)
        {
            gnu = value;
        }
        else
        {
            _records = _records.With(key, value);
        }
    }

    private void SetField(int offset, int length, byte[] text)
    {
        Span<byte> field = _block.AsSpan(offset, length);
        field.Clear();
        text.AsSpan(0, Math.Min(text.Length, length)).CopyTo(field);
    }
}
