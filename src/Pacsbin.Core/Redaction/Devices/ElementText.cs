using System.Buffers.Binary;
using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>The value of an element as filters see it.</summary>
internal static class ElementText
{
    /// <summary>Text without padding, or numbers; several values are joined by backslashes.</summary>
    /// <remarks>Empty for sequences, for bytes and words without meaning, and for values so large that they stay in the file (64 KiB).</remarks>
    internal static string Of(in DicomElement element, DicomDataset dataset)
    {
        if (element.Value.IsEmpty)
        {
            return "";
        }

        var value = element.Value.Span;
        var vr = VrOf(element);
        return vr switch
        {
            Vr.US => Numbers(value, 2, static v => BinaryPrimitives.ReadUInt16LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.SS => Numbers(value, 2, static v => BinaryPrimitives.ReadInt16LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.UL => Numbers(value, 4, static v => BinaryPrimitives.ReadUInt32LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.SL => Numbers(value, 4, static v => BinaryPrimitives.ReadInt32LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.UV => Numbers(value, 8, static v => BinaryPrimitives.ReadUInt64LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.SV => Numbers(value, 8, static v => BinaryPrimitives.ReadInt64LittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.FL => Numbers(value, 4, static v => BinaryPrimitives.ReadSingleLittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.FD => Numbers(value, 8, static v => BinaryPrimitives.ReadDoubleLittleEndian(v).ToString(CultureInfo.InvariantCulture)),
            Vr.AT => Numbers(value, 4, static v => FormattableString.Invariant(
                $"{BinaryPrimitives.ReadUInt16LittleEndian(v):X4}{BinaryPrimitives.ReadUInt16LittleEndian(v[2..]):X4}")),
            _ when vr.IsString() => dataset.CharacterSet.Decode(value, vr) is [var single] ? single : string.Join('\\', dataset.CharacterSet.Decode(value, vr)),
            _ => "",
        };
    }

    // A writer that did not know an attribute wrote UN (PS3.5 6.2.2); what only its maker knows is most often text.
    private static Vr VrOf(in DicomElement element) =>
        element.Vr is not (Vr.UN or Vr.None) ? element.Vr
        : !element.Tag.IsPrivate && DicomDictionary.IndexOf(element.Tag) is var index and >= 0 ? DicomDictionary.VrAt(index)
        : Vr.LO;

    private static string Numbers(ReadOnlySpan<byte> value, int size, Func<ReadOnlySpan<byte>, string> format)
    {
        var numbers = new string[value.Length / size];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = format(value.Slice(i * size, size));
        }

        return string.Join('\\', numbers);
    }
}
