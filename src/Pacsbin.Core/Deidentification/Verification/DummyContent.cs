using System.Buffers;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>The values that stand in for what a profile replaces: they say nothing, even if a source has them too.</summary>
internal static class DummyContent
{
    private static readonly SearchValues<byte> Zero = SearchValues.Create(0, (byte)' ');

    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        "REMOVED", "Removed", "99PACSBIN", "19000101", "19000101000000", "000000", "000Y", "0", "COERCE", "CORRECT", "2.25.0", "urn:removed", "<removed/>",
        "CONTAINS", "TEXT", "DISPLAY", "N",
    };

    /// <summary>Whether a value is one of these, or zeros.</summary>
    public static bool Is(ReadOnlySpan<byte> part, Vr vr) =>
        vr.IsString() ? part.Length <= 16 && Texts.Contains(System.Text.Encoding.Latin1.GetString(part))
        : !part.ContainsAnyExcept(Zero) || part.SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0]) || part.StartsWith("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>"u8);
}
