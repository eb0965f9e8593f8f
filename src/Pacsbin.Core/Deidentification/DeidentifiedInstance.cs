using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>A de-identified data set, not yet written.</summary>
public sealed class DeidentifiedInstance : IDisposable
{
    private readonly DicomFile source;

    internal DeidentifiedInstance(DicomDataset dataset, DicomFile source, TransferSyntax syntax, IReadOnlyList<Finding> findings, ActionCounts actions, IReadOnlyList<RedactionRegion>? regions)
    {
        this.source = source;
        Dataset = dataset;
        TransferSyntax = syntax;
        Findings = findings;
        Actions = actions;
        Regions = regions ?? [];
    }

    public DicomDataset Dataset { get; }

    public TransferSyntax TransferSyntax { get; }

    /// <summary>The tolerances of reading, and what a person should look at.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How many attributes got which action.</summary>
    public ActionCounts Actions { get; }

    /// <summary>What is erased of its pixels.</summary>
    public IReadOnlyList<RedactionRegion> Regions { get; }

    /// <summary>The bytes that <see cref="Write"/> has written; 0 before.</summary>
    public long WrittenLength { get; private set; }

    /// <summary>Writes a Part 10 file; large values are copied from the source, which must still be open.</summary>
    public void Write(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var start = output.Position;
        DicomFile.Write(output, Dataset, source.Source, TransferSyntax);
        WrittenLength = output.Position - start;
    }

    public void Dispose() => Dataset.Release();
}
