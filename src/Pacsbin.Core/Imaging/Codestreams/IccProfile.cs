using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Rebuilds an ICC profile (ICC.1:2022, and version 2) from the numbers that colour conversion needs.</summary>
internal static class IccProfile
{
    private const int HeaderLength = 128;
    private const int TagLength = 12;
    private const int MaxTags = 256;

    /// <summary>Returns a profile with the same colours and constant texts, dates and names; empty if it is not a valid profile
    /// for an image, so that the element is to be dropped.</summary>
    public static byte[] Clean(ReadOnlySpan<byte> profile)
    {
        if (!IccHeader.TryClean(profile, out var header) || profile.Length < HeaderLength + 4)
        {
            return [];
        }

        // Bytes after the profile's own size are padding.
        profile = profile[..(int)BinaryPrimitives.ReadUInt32BigEndian(profile)];
        var count = BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderLength..]);
        if (count > MaxTags || profile.Length < HeaderLength + 4 + (count * TagLength))
        {
            return [];
        }

        var tags = new List<IccTag>();
        var data = new List<byte[]>();
        AddText("desc"u8, IccText.Description(header[8]), tags, data);
        AddText("cprt"u8, IccText.Copyright(header[8]), tags, data);
        return TryAddColours(profile, (int)count, tags, data) && AreEnough(tags) ? Assemble(header, tags, data) : [];
    }

    private static bool TryAddColours(ReadOnlySpan<byte> profile, int count, List<IccTag> tags, List<byte[]> data)
    {
        var ranges = new Dictionary<(uint Offset, uint Length), int>();
        long total = 0;
        for (var index = 0; index < count; index++)
        {
            var entry = profile.Slice(HeaderLength + 4 + (index * TagLength), TagLength);
            var signature = BinaryPrimitives.ReadUInt32BigEndian(entry);
            var offset = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
            var length = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            if (offset < HeaderLength || offset > (uint)profile.Length || length > profile.Length - offset)
            {
                return false;
            }

            var element = profile.Slice((int)offset, (int)length);
            if (!IccTagData.TryClean(signature, element, out var cleaned))
            {
                continue;
            }

            // Tags may share data (ICC.1 7.3.1); tags that overlap otherwise could make the result larger than the profile.
            if (!ranges.TryGetValue((offset, length), out var shared))
            {
                total += length;
                shared = data.Count;
                ranges.Add((offset, length), shared);
                data.Add(cleaned);
            }

            if (total > profile.Length || tags.Exists(tag => tag.Signature == signature))
            {
                return false;
            }

            tags.Add(new IccTag(signature, shared));
        }

        return true;
    }

    // ICC.1 8.3 to 8.5: a lookup table, a grey curve, or three colorants with their curves.
    private static bool AreEnough(List<IccTag> tags)
    {
        bool Has(ReadOnlySpan<byte> name)
        {
            var signature = BinaryPrimitives.ReadUInt32BigEndian(name);
            return tags.Exists(tag => tag.Signature == signature);
        }

        return Has("A2B0"u8) || Has("kTRC"u8)
            || (Has("rXYZ"u8) && Has("gXYZ"u8) && Has("bXYZ"u8) && Has("rTRC"u8) && Has("gTRC"u8) && Has("bTRC"u8));
    }

    private static void AddText(ReadOnlySpan<byte> name, byte[] text, List<IccTag> tags, List<byte[]> data)
    {
        tags.Add(new IccTag(BinaryPrimitives.ReadUInt32BigEndian(name), data.Count));
        data.Add(text);
    }

    private static byte[] Assemble(byte[] header, List<IccTag> tags, List<byte[]> data)
    {
        var offsets = new int[data.Count];
        var end = HeaderLength + 4 + (tags.Count * TagLength);
        for (var index = 0; index < data.Count; index++)
        {
            offsets[index] = end;

            // ICC.1 7.1.2: tagged elements begin on a four-byte boundary.
            end += (data[index].Length + 3) & ~3;
        }

        var profile = new byte[end];
        header.CopyTo(profile, 0);
        BinaryPrimitives.WriteInt32BigEndian(profile, end);
        BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(HeaderLength), tags.Count);
        for (var index = 0; index < tags.Count; index++)
        {
            var entry = profile.AsSpan(HeaderLength + 4 + (index * TagLength));
            BinaryPrimitives.WriteUInt32BigEndian(entry, tags[index].Signature);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], offsets[tags[index].Data]);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], data[tags[index].Data].Length);
        }

        for (var index = 0; index < data.Count; index++)
        {
            data[index].CopyTo(profile, offsets[index]);
        }

        return profile;
    }

    private readonly record struct IccTag(uint Signature, int Data);
}
