namespace Pacsbin.Dicom;

/// <summary>PLACEHOLDER until the table lands.</summary>
public static class DicomDictionary
{
    public static bool TryGet(Tag tag, out DictionaryEntry entry) { entry = null!; return tag.Value == 0; }
}

public sealed record DictionaryEntry(Tag Tag, string Keyword, string Name, Vr Vr, Vr AlternativeVr, string Vm, bool IsRetired);
