using System.Buffers.Binary;
using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Makes values of the text that rules give.</summary>
internal static class ScriptValue
{
    private const int LongestLongString = 64;

    /// <summary>The VR that a text is written with; SQ and bytes without meaning can hold none.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="found">The VR that the file has for it; None if it lacks the attribute.</param>
    /// <param name="text">The new value.</param>
    internal static Vr VrOf(Tag tag, Vr found, string text)
    {
        var index = DicomDictionary.IndexOf(tag);
        return index < 0 && (tag.IsPrivate || found is Vr.None or Vr.UN) ? text.Length <= LongestLongString ? Vr.LO : Vr.LT
            : found is Vr.None ? DicomDictionary.VrAt(index)
            : found;
    }

    /// <summary>Encodes text, backslashes between several values; false if the VR cannot hold it.</summary>
    internal static bool TryEncode(string text, Vr vr, CharacterSet characterSet, out ReadOnlyMemory<byte> value)
    {
        if (vr.IsString() && (vr != Vr.DA || AreDates(text)))
        {
            return characterSet.TryEncode(text, vr, out value);
        }

        value = default;
        var size = vr == Vr.AT ? 4 : vr.UnitSize();
        if (vr is not (Vr.US or Vr.SS or Vr.UL or Vr.SL or Vr.UV or Vr.SV or Vr.FL or Vr.FD or Vr.AT))
        {
            return false;
        }

        var parts = text.Split('\\');
        var bytes = new byte[parts.Length * size];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryWrite(parts[i].Trim(), vr, bytes.AsSpan(i * size, size)))
            {
                return false;
            }
        }

        value = bytes;
        return true;
    }

    /// <summary>Whether each value is a date in the standard's form or with separators: more CTP does not look at before it writes dates.</summary>
    private static bool AreDates(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split('\\'))
        {
            var date = text[part].Trim();
            var isSeparated = date is [_, _, _, _, '.' or '-', _, _, '.' or '-', _, _];
            if (!date.IsEmpty && ((!isSeparated && date.Length != 8) || date.ContainsAnyExcept(isSeparated ? "0123456789.-" : "0123456789")))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryWrite(string text, Vr vr, Span<byte> to)
    {
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        const NumberStyles Real = NumberStyles.Float;
        var invariant = CultureInfo.InvariantCulture;
        bool ok;
        switch (vr)
        {
            case Vr.US:
                ok = ushort.TryParse(text, Signed, invariant, out var us);
                BinaryPrimitives.WriteUInt16LittleEndian(to, us);
                return ok;
            case Vr.SS:
                ok = short.TryParse(text, Signed, invariant, out var ss);
                BinaryPrimitives.WriteInt16LittleEndian(to, ss);
                return ok;
            case Vr.UL:
                ok = uint.TryParse(text, Signed, invariant, out var ul);
                BinaryPrimitives.WriteUInt32LittleEndian(to, ul);
                return ok;
            case Vr.SL:
                ok = int.TryParse(text, Signed, invariant, out var sl);
                BinaryPrimitives.WriteInt32LittleEndian(to, sl);
                return ok;
            case Vr.UV:
                ok = ulong.TryParse(text, Signed, invariant, out var uv);
                BinaryPrimitives.WriteUInt64LittleEndian(to, uv);
                return ok;
            case Vr.SV:
                ok = long.TryParse(text, Signed, invariant, out var sv);
                BinaryPrimitives.WriteInt64LittleEndian(to, sv);
                return ok;
            case Vr.FL:
                ok = float.TryParse(text, Real, invariant, out var fl);
                BinaryPrimitives.WriteSingleLittleEndian(to, fl);
                return ok;
            case Vr.FD:
                ok = double.TryParse(text, Real, invariant, out var fd);
                BinaryPrimitives.WriteDoubleLittleEndian(to, fd);
                return ok;
            default:
                ok = Tag.TryParse(text, out var tag);
                BinaryPrimitives.WriteUInt16LittleEndian(to, tag.Group);
                BinaryPrimitives.WriteUInt16LittleEndian(to[2..], tag.Element);
                return ok;
        }
    }
}
