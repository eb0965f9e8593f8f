using System.Buffers.Binary;
using System.Text;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Makes the two texts that every ICC profile must have, in the types of its version.</summary>
internal static class IccText
{
    private const string DescriptionText = "Colour profile";
    private const string CopyrightText = "Not stated";

    public static byte[] Description(byte version) => version == 2 ? TextDescription(DescriptionText) : Unicode(DescriptionText);

    public static byte[] Copyright(byte version) =>
        version == 2 ? [.. "text\0\0\0\0"u8, .. Encoding.ASCII.GetBytes(CopyrightText), 0] : Unicode(CopyrightText);

    // ICC.1:2001-04 6.5.17: ASCII with its terminator; empty Unicode (8 bytes) and ScriptCode (3 and 67 bytes) forms.
    private static byte[] TextDescription(string text)
    {
        var data = new byte[12 + text.Length + 1 + 8 + 3 + 67];
        "desc"u8.CopyTo(data);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(8), text.Length + 1);
        Encoding.ASCII.GetBytes(text, data.AsSpan(12));
        return data;
    }

    // ICC.1 10.15: one record of 12 bytes, en-US, text at offset 28.
    private static byte[] Unicode(string text)
    {
        var data = new byte[28 + (2 * text.Length)];
        "mluc"u8.CopyTo(data);
        data[11] = 1;
        data[15] = 12;
        "enUS"u8.CopyTo(data.AsSpan(16));
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(20), 2 * text.Length);
        data[27] = 28;
        Encoding.BigEndianUnicode.GetBytes(text, data.AsSpan(28));
        return data;
    }
}
