using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Words that the standard itself puts into an attribute, or lets stand there, so that they are no leak although a source has them as an identifier.</summary>
internal static class KeptTerms
{
    /// <summary>Defined terms of code strings: image and frame types (PS3.3 C.7.6.1.1.2, C.8.16.1), value types (PS3.3 C.17.3), character sets.</summary>
    private static readonly HashSet<string> Defined = new(StringComparer.OrdinalIgnoreCase)
    {
        "ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "AXIAL", "LOCALIZER", "PERFUSION", "DIFFUSION", "VOLUME", "MULTIPLANAR", "THICKNESS", "LABEL", "OVERVIEW",
        "TEXT", "CODE", "CONTAINER", "IMAGE", "COMPOSITE", "WAVEFORM", "DATE", "TIME", "PNAME", "TABLE", "ISO", "REFERENCE", "ANGIO", "FLUOROSCOPY", "REST", "STRESS",
    };

    /// <summary>Manufacturer, Manufacturer's Model Name, Software Versions.</summary>
    private static readonly Tag[] Product = [new(0x00080070), new(0x00081090), new(0x00181020)];

    private static readonly Tag[] CodeValues = [new(0x00080100), new(0x00080119)];

    /// <summary>Whether a word that was found may stand where it was found, in an attribute that the table keeps.</summary>
    /// <param name="word">The word.</param>
    /// <param name="tag">The attribute of the copy.</param>
    /// <param name="vr">Its VR.</param>
    /// <param name="value">Its value.</param>
    public static bool Allow(SearchWord word, Tag tag, Vr vr, ReadOnlySpan<byte> value) => word.Kind switch
    {
        IdentifierKind.Patient or IdentifierKind.PersonName => vr == Vr.CS && Defined.Contains(word.Text),
        IdentifierKind.Examination => CodeValues.Contains(tag), // departments number their examinations by what is done
        IdentifierKind.Device or IdentifierKind.Institution => Product.Contains(tag) || IsWhole(word, value),
        _ => false,
    };

    /// <summary>Whether the word's value is all that stands there: a station that is called after its model.</summary>
    private static bool IsWhole(SearchWord word, ReadOnlySpan<byte> value) =>
        Encoding.Latin1.GetString(value).Split('\\').Any(p => p.Trim(' ', '\0').Equals(word.Whole, StringComparison.OrdinalIgnoreCase));
}
