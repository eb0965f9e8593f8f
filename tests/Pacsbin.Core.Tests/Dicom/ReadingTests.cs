using Pacsbin.Dicom;

namespace Pacsbin.Tests.Dicom;

/// <summary>What tests of the reader and the writer share: opening bytes, and hearing why that failed.</summary>
public abstract class ReadingTests
{
    private protected static DicomFile Open(byte[] file, Tag? stopAfter = null) => DicomFile.Open(new DicomSource(file), stopAfter);

    private protected static DicomFile Open(DicomBuilder builder, string? transferSyntax = null) => Open(builder.ToFile(transferSyntax));

    /// <summary>The error that opening gives; none is <see langword="null"/>.</summary>
    private protected static PacsbinError? ErrorOf(byte[] file)
    {
        try
        {
            using var opened = Open(file);
            return null;
        }
        catch (PacsbinException e)
        {
            return e.Error;
        }
    }

    private protected static PacsbinError? ErrorOf(DicomBuilder builder) => ErrorOf(builder.ToFile());

    private protected static byte[] Saved(DicomFile file)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        return stream.ToArray();
    }

    private protected static DicomElement Element(DicomDataset dataset, uint tag) =>
        dataset.TryGet(new Tag(tag), out var element) ? element : throw new KeyNotFoundException(new Tag(tag).ToString());

    private protected static byte[] Value(DicomDataset dataset, uint tag) => Element(dataset, tag).Value.ToArray();

    private protected static bool Has(DicomFile file, FindingKind kind) => file.Findings.Any(f => f.Kind == kind);
}
