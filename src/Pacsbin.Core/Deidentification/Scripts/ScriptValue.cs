using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
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
        switch (vr)
        {
            case Vr.US: return TryWrite<ushort>(text, to);
            case Vr.SS: return TryWrite<short>(text, to);
            case Vr.UL: return TryWrite<uint>(text, to);
            case Vr.SL: return TryWrite<int>(text, to);
            case Vr.UV: return TryWrite<ulong>(text, to);
            case Vr.SV: return TryWrite<long>(text, to);
            case Vr.FL: return TryWrite<float>(text, to, NumberStyles.Float);
            case Vr.FD: return TryWrite<double>(text, to, NumberStyles.Float);
            default:
                var isTag = Tag.TryParse(text, out var tag);
                BinaryPrimitives.WriteUInt16LittleEndian(to, tag.Group);
                BinaryPrimitives.WriteUInt16LittleEndian(to[2..], tag.Element);
                return isTag;
        }
    }

    private static bool TryWrite<T>(string text, Span<byte> to, NumberStyles styles = NumberStyles.AllowLeadingSign)
        where T : unmanaged, INumber<T>
    {
        var isNumber = T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number);
        MemoryMarshal.Write(to, in number);
        return isNumber;
    }
}
