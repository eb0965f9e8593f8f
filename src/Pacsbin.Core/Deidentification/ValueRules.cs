using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>Whether a value that stays is what its VR says (PS3.5 6.2): a name in a number is a name, not a number.</summary>
internal static class ValueRules
{
    // PS3.5 6.2 has 16 and 12 bytes; many systems write a double with all its digits, or a whole number as a double.
    private const int LongestDecimal = 32;
    private const int LongestInteger = 16;

    // PS3.5 6.2 has 16 bytes; body parts and image types of some systems have more.
    private const int LongestCode = 32;

    private static readonly SearchValues<byte> Uid = SearchValues.Create("0123456789. \0\\"u8);

    // Lower case and the marks that vendors put into image types are tolerated, whole sentences are not.
    private static readonly SearchValues<byte> Code = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ -+./\0\\"u8);

    public static bool IsLegal(Vr vr, ReadOnlyMemory<byte> value) => vr switch
    {
        Vr.DS => AreNumbers(value.Span, LongestDecimal, hasExponent: true),
        Vr.IS => AreNumbers(value.Span, LongestInteger, hasExponent: false),
        Vr.UI => !value.Span.ContainsAnyExcept(Uid),
        Vr.CS => AreCodes(value.Span),
        Vr.AS => AreAges(value.Span),
        Vr.DA or Vr.DT or Vr.TM => DateShift.TryShift(vr, value, 0, out _),
        Vr.AT => AreTags(value.Span),
        Vr.US or Vr.SS or Vr.OW or Vr.UL or Vr.SL or Vr.FL or Vr.OL or Vr.OF or Vr.FD or Vr.OD or Vr.SV or Vr.UV or Vr.OV =>
            value.Length % vr.UnitSize() == 0,
        _ => true,
    };

    /// <summary>Whether a value is short enough for the numbers that the dictionary allows the attribute; true for what holds no numbers.</summary>
    /// <param name="index">The attribute's place in the dictionary.</param>
    /// <param name="vr">The VR that the value is written with.</param>
    /// <param name="length">Bytes.</param>
    public static bool HasRoom(int index, Vr vr, long length)
    {
        if (DicomDictionary.TagAt(index).Value is 0x54000110 or 0x54000112 or 0x5400100A)
        {
            return length <= sizeof(ulong); // PS3.3 C.10.9: one sample
        }

        var expected = DicomDictionary.VrAt(index);
        return WidthOf(expected) == 0 || length <= WidthOf(expected) || HasRoom(expected, DicomDictionary.EntryAt(index).MaxValues, vr, length);
    }

    /// <summary>Whether a value is short enough for a count of numbers.</summary>
    /// <param name="expected">The VR that the attribute should have.</param>
    /// <param name="most">The most numbers that it may have.</param>
    /// <param name="vr">The VR that the value is written with.</param>
    /// <param name="length">Bytes.</param>
    public static bool HasRoom(Vr expected, int most, Vr vr, long length) =>
        WidthOf(expected) == 0 || most == int.MaxValue || length <= (long)most * Math.Max(WidthOf(expected), WidthOf(vr));

    /// <summary>Whether a file's VR can stand for the dictionary's: the same kind of value, if perhaps by another name.</summary>
    public static bool IsCompatible(Vr actual, Vr expected) =>
        actual == expected
        || (actual.IsString() && expected.IsString())
        || (IsBytes(actual) && IsBytes(expected))
        || (actual is Vr.US or Vr.SS && expected is Vr.US or Vr.SS or Vr.OW)
        || (actual is Vr.UL or Vr.SL or Vr.UV or Vr.SV && expected is Vr.UL or Vr.SL or Vr.US or Vr.SS or Vr.UV or Vr.SV)
        || (actual is Vr.OB or Vr.OW && expected is Vr.US or Vr.SS or Vr.OB or Vr.OW);

    private static bool IsBytes(Vr vr) => vr is Vr.OB or Vr.OW or Vr.OD or Vr.OF or Vr.OL or Vr.OV;

    /// <summary>The bytes of one number; 0 for what is no list of numbers.</summary>
    private static int WidthOf(Vr vr) => vr switch
    {
        Vr.US or Vr.SS => 2,
        Vr.UL or Vr.SL or Vr.FL or Vr.AT => 4,
        Vr.FD or Vr.SV or Vr.UV => 8,
        _ => 0,
    };

    private static bool AreNumbers(ReadOnlySpan<byte> value, int longest, bool hasExponent)
    {
        foreach (var part in value.Split((byte)'\\'))
        {
            var number = value[part].Trim(" \0"u8);
            if (!number.IsEmpty && (number.Length > longest || !IsNumber(number, hasExponent)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text, bool hasExponent)
    {
        text = text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
        var whole = TakeDigits(ref text);
        var fraction = 0;
        if (!text.IsEmpty && text[0] == '.')
        {
            text = text[1..];
            fraction = TakeDigits(ref text);
        }

        if (hasExponent && text.Length > 1 && (text[0] | 0x20) == 'e')
        {
            text = text[(text[1] is (byte)'+' or (byte)'-' ? 2 : 1)..];
            if (TakeDigits(ref text) is < 1 or > 4)
            {
                return false;
            }
        }

        return text.IsEmpty && whole + fraction > 0;
    }

    private static int TakeDigits(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        end = end < 0 ? text.Length : end;
        text = text[end..];
        return end;
    }

    private static bool AreCodes(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAnyExcept(Code))
        {
            return false;
        }

        foreach (var part in value.Split((byte)'\\'))
        {
            if (value[part].Trim(" \0"u8).Length > LongestCode)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether each tag is one of the dictionary's, or private and not four characters.</summary>
    private static bool AreTags(ReadOnlySpan<byte> value)
    {
        for (; value.Length >= 4; value = value[4..])
        {
            var tag = new Tag(BinaryPrimitives.ReadUInt16LittleEndian(value), BinaryPrimitives.ReadUInt16LittleEndian(value[2..]));
            if (DicomDictionary.IndexOf(tag) < 0 && !(tag.IsPrivate && tag.Group < 0x3000))
            {
                return false;
            }
        }

        return value.IsEmpty;
    }

    private static bool AreAges(ReadOnlySpan<byte> value)
    {
        foreach (var part in value.Split((byte)'\\'))
        {
            var age = value[part].Trim(" \0"u8);
            if (!age.IsEmpty && (age.Length > 4 || age[..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9') || age[^1] is not ((byte)'D' or (byte)'W' or (byte)'M' or (byte)'Y')))
            {
                return false;
            }
        }

        return true;
    }
}
