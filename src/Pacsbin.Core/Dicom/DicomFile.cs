namespace Pacsbin.Dicom;

/// <summary>PLACEHOLDER until the reader lands.</summary>
public sealed class DicomFile
{
}
