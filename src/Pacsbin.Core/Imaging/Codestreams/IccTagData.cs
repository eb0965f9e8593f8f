using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Copies the data of tags that hold nothing but numbers for colour conversion (ICC.1 clauses 9 and 10).</summary>
internal static class IccTagData
{
    /// <summary>Fails for tags that are not needed, and for data of a type that does not belong to the tag.</summary>
    public static bool TryClean(uint signature, ReadOnlySpan<byte> element, out byte[] cleaned)
    {
        cleaned = [];
        if (element.Length < 12)
        {
            return false;
        }

        var length = Length(Name(signature), Name(BinaryPrimitives.ReadUInt32BigEndian(element)), element);
        if (length < 0 || length > element.Length)
        {
            return false;
        }

        element = element[..(int)length];
        if (element.StartsWith("mAB "u8) || element.StartsWith("mBA "u8))
        {
            if (!IccMultiFunctionTable.TryClean(element, out cleaned))
            {
                return false;
            }
        }
        else
        {
            cleaned = element.ToArray();
        }

        ClearReserved(cleaned);
        return true;
    }

    /// <summary>Zeroes what ICC.1 10.1, 10.10, 10.11 and 10.18 reserve: four bytes after every type, and a few more in some.</summary>
    public static void ClearReserved(Span<byte> element)
    {
        element.Slice(4, 4).Clear();
        if (element.StartsWith("para"u8))
        {
            element.Slice(10, 2).Clear();
        }
        else if (element.StartsWith("mft"u8))
        {
            element[11] = 0;
        }
    }

    private static string Name(uint signature) => string.Create(4, signature, static (characters, value) =>
    {
        for (var index = 0; index < 4; index++)
        {
            characters[index] = (char)(byte)(value >> (24 - (8 * index)));
        }
    });

    private static long Length(string tag, string type, ReadOnlySpan<byte> element) => (tag, type) switch
    {
        ("rXYZ" or "gXYZ" or "bXYZ" or "wtpt" or "bkpt" or "lumi", "XYZ ") => 20,
        ("rTRC" or "gTRC" or "bTRC" or "kTRC", "curv" or "para") => CurveLength(element),
        ("chad", "sf32") => 8 + (9 * 4),
        ("chrm", "chrm") => 12 + (8L * BinaryPrimitives.ReadUInt16BigEndian(element[8..])),
        ("meas", "meas") => 36,
        ("cicp", "cicp") => 12,
        ("A2B0" or "A2B1" or "A2B2" or "B2A0" or "B2A1" or "B2A2" or "gamt" or "pre0" or "pre1" or "pre2", "mft1") => Table8Length(element),
        ("A2B0" or "A2B1" or "A2B2" or "B2A0" or "B2A1" or "B2A2" or "gamt" or "pre0" or "pre1" or "pre2", "mft2") => Table16Length(element),
        ("A2B0" or "A2B1" or "A2B2", "mAB ") or ("B2A0" or "B2A1" or "B2A2" or "gamt", "mBA ") =>
            element.Length,
        _ => -1,
    };

    /// <summary>The length in bytes of a curveType or parametricCurveType (ICC.1 10.6, 10.18); -1 for another type.</summary>
    public static long CurveLength(ReadOnlySpan<byte> element)
    {
        if (element.StartsWith("curv"u8))
        {
            return 12 + (2L * BinaryPrimitives.ReadUInt32BigEndian(element[8..]));
        }

        return element.StartsWith("para"u8) ? BinaryPrimitives.ReadUInt16BigEndian(element[8..]) switch
        {
            0 => 16,
            1 => 24,
            2 => 28,
            3 => 32,
            4 => 40,
            _ => -1,
        }
        : -1;
    }

    // ICC.1 10.11
    private static long Table8Length(ReadOnlySpan<byte> element) =>
        element.Length < 48 ? -1 : 48 + (256L * (element[8] + element[9])) + GridEntries(element);

    // ICC.1 10.10
    private static long Table16Length(ReadOnlySpan<byte> element)
    {
        if (element.Length < 52)
        {
            return -1;
        }

        long inputEntries = BinaryPrimitives.ReadUInt16BigEndian(element[48..]);
        long outputEntries = BinaryPrimitives.ReadUInt16BigEndian(element[50..]);
        return 52 + (2 * ((inputEntries * element[8]) + GridEntries(element) + (outputEntries * element[9])));
    }

    private static long GridEntries(ReadOnlySpan<byte> element)
    {
        long entries = element[9];
        for (var input = 0; input < element[8] && entries <= element.Length; input++)
        {
            entries *= element[10];
        }

        return entries;
    }
}
