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

    /// <summary>Whether a word that was found may stand where it was found, in an attribute that the table or an option keeps.</summary>
    /// <param name="word">The word.</param>
    /// <param name="tag">The attribute of the copy.</param>
    /// <param name="vr">Its VR.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isRetained">Whether it is the table or an option that keeps the attribute, and not a script.</param>
    public static bool Allow(SearchWord word, Tag tag, Vr vr, ReadOnlySpan<byte> value, bool isRetained) =>
        IsMethodCode(tag, value) || (isRetained && IsRetained(word, tag)) || word.Kind switch
        {
            IdentifierKind.Patient or IdentifierKind.PersonName => (vr == Vr.CS && Defined.Contains(word.Text)) || (Product.Contains(tag) && !IsWordIn(word.Text, value)),
            IdentifierKind.Examination => CodeValues.Contains(tag), // departments number their examinations by what is done
            IdentifierKind.Device or IdentifierKind.Institution => Product.Contains(tag), // a station is called after its model, a laboratory after itself
            _ => false,
        };

    /// <summary>Whether an option retains identifiers of the word's kind here: an institution's name, although another attribute of the source has it too.</summary>
    private static bool IsRetained(SearchWord word, Tag tag) =>
        DicomDictionary.IndexOf(tag) is >= 0 and var index && IdentifierAttributes.TryGet(index, out var kind, out _) && kind == word.Kind;

    /// <summary>Whether a word stands by itself: Philip is not in Philips.</summary>
    private static bool IsWordIn(string word, ReadOnlySpan<byte> value) =>
        Encoding.Latin1.GetString(value).Split(' ', '_', '-', '.', ',', '/', '\\').Any(w => w.Trim('\0').Equals(word, StringComparison.OrdinalIgnoreCase)) || !Ascii.IsValid(word);

    /// <summary>Whether a value is a code, or the meaning of one, that says how the copy was made (CID 7050): a patient may be called Basic.</summary>
    private static bool IsMethodCode(Tag tag, ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value.Trim(" \0"u8));
        return tag.Value switch
        {
            0x00080100 => DeidentificationProfile.AllCodes.Any(c => c.Code == text),
            0x00080104 => DeidentificationProfile.AllCodes.Any(c => c.Meaning == text),
            _ => false,
        };
    }
}
