using System.Globalization;
using Pacsbin.Dicom;
using Pacsbin.Redaction;

namespace Pacsbin.Studies;

/// <summary>What one thread of a scan keeps: its open archive, and the texts of the last header, most of which the next one repeats.</summary>
internal sealed class ScanWorker : IDisposable
{
    private readonly RepeatedText sopClass = new(Tags.SopClassUid);
    private readonly RepeatedText study = new(Tags.StudyInstanceUid);
    private readonly RepeatedText series = new(Tags.SeriesInstanceUid);
    private readonly RepeatedText modality = new(Tags.Modality);
    private readonly RepeatedText patientName = new(Tags.PatientName);
    private readonly RepeatedText patientId = new(Tags.PatientId);
    private readonly RepeatedText issuer = new(Tags.IssuerOfPatientId);
    private readonly RepeatedText date = new(Tags.StudyDate);
    private readonly RepeatedText description = new(Tags.StudyDescription);
    private readonly RepeatedText accession = new(Tags.AccessionNumber);
    private StudyPatient? patient;

    public ArchiveCache Archives { get; } = new();

    /// <summary>The SOP Class, from the data set or the file meta group.</summary>
    public string? SopClassOf(DicomFile dicom) => sopClass.Of(dicom.Dataset) ?? dicom.FileMeta.GetString(Tags.MediaStorageSopClassUid);

    /// <summary>What a scan takes from a header.</summary>
    /// <param name="dicom">The file, read as far as a scan reads.</param>
    /// <param name="sopClassUid">From <see cref="SopClassOf"/>.</param>
    /// <param name="isDirectory">Whether the file is a DICOMDIR, which belongs to no study.</param>
    public InstanceHeader HeaderOf(DicomFile dicom, string? sopClassUid, bool isDirectory)
    {
        var dataset = dicom.Dataset;
        return new InstanceHeader(
            isDirectory ? "" : study.Of(dataset) ?? "",
            series.Of(dataset) ?? "",
            InstanceUids.InstanceOf(dicom),
            sopClassUid,
            PatientOf(dataset),
            isDirectory ? "DICOMDIR" : modality.Of(dataset) ?? "",
            dataset.GetInt32(Tags.SeriesNumber),
            DateOnly.TryParseExact(date.Of(dataset), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null,
            description.Of(dataset),
            accession.Of(dataset));
    }

    public void Dispose() => Archives.Dispose();

    private StudyPatient? PatientOf(DicomDataset dataset)
    {
        var id = patientId.Of(dataset)?.Trim();
        if (string.IsNullOrEmpty(id))
        {
            return null;
        }

        var found = new StudyPatient(new PatientKey(issuer.Of(dataset)?.Trim() ?? "", id), patientName.Of(dataset));
        return patient = found == patient ? patient : found;
    }
}
