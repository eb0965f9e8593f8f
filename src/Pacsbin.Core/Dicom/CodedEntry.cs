using System.Text;

namespace Pacsbin.Dicom;

/// <summary>Makes items of code sequences (PS3.3 section 8.8).</summary>
internal static class CodedEntry
{
    /// <summary>An item with a code of the coding scheme DCM (PS3.16 Annex D).</summary>
    public static DicomDataset Dicom(string code, string meaning)
    {
        var item = new DicomDataset(capacity: 3);
        item.Set(new DicomElement(Tags.CodeValue, Vr.SH, Encoding.ASCII.GetBytes(code)));
        item.Set(new DicomElement(Tags.CodingSchemeDesignator, Vr.SH, "DCM"u8.ToArray()));
        item.Set(new DicomElement(Tags.CodeMeaning, Vr.LO, Encoding.ASCII.GetBytes(meaning)));
        return item;
    }
}
