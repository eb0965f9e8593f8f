using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>Applies a profile of PS3.15 Annex E to instances. Safe for use by several threads.</summary>
/// <param name="profile">What happens to each attribute.</param>
/// <param name="pseudonymizer">Where replacements come from; it belongs to the caller.</param>
/// <param name="crosswalk">Decides what patients become; null if the pseudonymizer alone does. It belongs to the caller.</param>
public sealed class Deidentifier(DeidentificationProfile profile, Pseudonymizer pseudonymizer, Crosswalk? crosswalk = null)
{
    internal static readonly string Version = typeof(Deidentifier).Assembly.GetName().Version?.ToString(3) ?? "";
    private readonly DicomSequence methodCodes = MethodCodes(profile);
    private readonly byte[] method = Encoding.ASCII.GetBytes($"PacsbinPS {Version}\\DICOM PS3.15 {DeidentificationProfile.Edition}\\{profile.Name}");

    /// <summary>The profile.</summary>
    public DeidentificationProfile Profile { get; } = profile;

    internal RuleTable Rules { get; init; } = new(profile.Options);

    internal Pseudonymizer Pseudonymizer { get; } = pseudonymizer;

    internal Crosswalk? Crosswalk { get; } = crosswalk;

    /// <summary>Equal for the same profile, version, key and project.</summary>
    internal string SettingsFingerprint { get; } = Convert.ToHexStringLower(pseudonymizer.Fingerprint(
        $"{Version}|{DeidentificationProfile.Edition}|{profile.Name}|{(int)profile.Options}{(crosswalk is null ? "" : $"|project {crosswalk.ProjectId}")}"));

    /// <summary>As <see cref="SettingsFingerprint"/>, for a study whose pixels are erased by a plan.</summary>
    internal string FingerprintWith(RedactionPlan redaction) =>
        redaction.IsEmpty ? SettingsFingerprint : Convert.ToHexStringLower(Pseudonymizer.Fingerprint($"{SettingsFingerprint}|{redaction}"));

    /// <summary>The UID that stands for another in the result.</summary>
    internal string UidOf(string uid) =>
        Profile.Options.HasFlag(ProfileOptions.RetainUids) && Workspace.IsUid(uid) ? uid : Pseudonymizer.Uid(uid);

    /// <summary>What a patient becomes.</summary>
    /// <exception cref="PacsbinException">As of <see cref="Crosswalk.PseudonymOf"/>.</exception>
    public PatientPseudonym PseudonymOf(PatientKey patient) =>
        Crosswalk?.PseudonymOf(patient) ?? new(Pseudonymizer.PatientPseudonym(patient), Pseudonymizer.DateShiftDays(patient));

    /// <summary>Makes the de-identified data set of an instance; the source is not changed and must stay open until the result is written.</summary>
    /// <param name="source">The instance.</param>
    /// <param name="patient">What its patient becomes; null to take the patient from the instance alone.</param>
    /// <param name="redactor">Erases pixels of the same instance; null to leave them.</param>
    /// <param name="cancellationToken">Looked at before each frame that is erased.</param>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax or MalformedElement if text in the pixel data cannot be ruled out.</exception>
    public DeidentifiedInstance Apply(DicomFile source, PatientPseudonym? patient = null, PixelRedactor? redactor = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var sopClass = SopClassOf(source);
        var result = DicomDataset.Rent();
        try
        {
            var instanceUid = SopInstanceUidOf(source);
            patient ??= PseudonymOf(PatientKey.Of(source.Dataset) ?? PatientKey.OfStudy(source.Dataset.GetString(Tags.StudyInstanceUid) ?? instanceUid));
            var findings = new FindingLog();

            // What a person must see comes first: reading and the walk can each fill the log.
            if (Profile.Options.HasFlag(ProfileOptions.CleanPixelData) && BurnedInSuspicion.ReasonFor(source.Dataset, sopClass) is { } reason)
            {
                findings.Note(FindingKind.BurnedInSuspected, detail: reason);
            }

            if (sopClass is null || !WellKnownUids.IsSopClass(sopClass))
            {
                findings.Note(FindingKind.UnknownSopClass, Tags.SopClassUid);
            }

            var syntax = WritableSyntax(source, findings);
            if (syntax.IsJpip || source.Dataset.Contains(Tags.PixelDataProviderUrl))
            {
                findings.Note(FindingKind.PixelsElsewhere, Tags.PixelDataProviderUrl);
            }

            foreach (var finding in source.Findings)
            {
                findings.Add(finding);
            }

            var walk = new InstanceWalk(this, source, sopClass, patient, findings) { ErasesPixels = redactor is { Regions.Count: > 0 } };
            walk.Run(result);
            Complete(result, source.Dataset, patient, instanceUid, sopClass);
            if (redactor is not null)
            {
                redactor.Apply(result, cancellationToken);
                syntax = redactor.TransferSyntax == source.TransferSyntax ? syntax : redactor.TransferSyntax;
            }

            if (sopClass == MediaDirectory.SopClassUid)
            {
                MediaDirectory.Relink(source.Dataset, result, syntax);
            }

            return new DeidentifiedInstance(result, source, syntax, findings.Findings, walk.Actions, redactor?.Regions);
        }
        catch
        {
            result.Release();
            throw;
        }
    }

    /// <summary>The SOP Instance UID, from the data set or the file meta group, or made from the bytes of a file that has none.</summary>
    internal static string SopInstanceUidOf(DicomFile source)
    {
        if (InstanceUids.InstanceOf(source) is { Length: > 0 } uid)
        {
            return uid;
        }

        using var stream = new SourceStream(source.Source, 0);
        return "sha256:" + Convert.ToHexString(SHA256.HashData(stream));
    }

    private static string? SopClassOf(DicomFile source) =>
        source.Dataset.GetString(Tags.SopClassUid) ?? source.FileMeta.GetString(Tags.MediaStorageSopClassUid);

    /// <summary>The syntax to write: a UID that PS3.6 does not list says nothing to a reader, and may say who the patient is.</summary>
    private static TransferSyntax WritableSyntax(DicomFile source, FindingLog findings)
    {
        var syntax = source.TransferSyntax;
        if (syntax.IsStandard)
        {
            return syntax;
        }

        if (source.Dataset.TryGet(Tags.PixelData, out var pixels) && pixels.Fragments is not null)
        {
            throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, "The transfer syntax is not one of PS3.6, and the pixel data is compressed.", Tags.TransferSyntaxUid);
        }

        findings.Note(FindingKind.TransferSyntaxGuessed, Tags.TransferSyntaxUid, "The declared one is not in PS3.6.");
        return TransferSyntax.ExplicitVrLittleEndian;
    }

    /// <summary>Adds what PS3.15 E.1.1 and PS3.3 C.12.1.1.7 ask of a de-identified instance.</summary>
    private void Complete(DicomDataset result, DicomDataset source, PatientPseudonym patient, string instanceUid, string? sopClass)
    {
        if (sopClass is not null && !result.Contains(Tags.SopClassUid) && ValueRules.IsLegal(Vr.UI, Encoding.Latin1.GetBytes(sopClass)))
        {
            result.Set(new DicomElement(Tags.SopClassUid, Vr.UI, Encoding.ASCII.GetBytes(sopClass)));
        }

        if (!result.TryGet(Tags.SopInstanceUid, out var uid) || uid.Value.IsEmpty)
        {
            result.Set(new DicomElement(Tags.SopInstanceUid, Vr.UI, Encoding.ASCII.GetBytes(UidOf(instanceUid))));
        }

        // Viewers and archives group by these two; objects without a patient, such as hanging protocols, get none.
        if (source.Contains(Tags.StudyInstanceUid) || source.Contains(Tags.PatientId) || source.Contains(Tags.PatientName))
        {
            result.Set(new DicomElement(Tags.PatientName, Vr.PN, patient.Bytes));
            result.Set(new DicomElement(Tags.PatientId, Vr.LO, patient.Bytes));
        }

        result.Set(new DicomElement(Tags.PatientIdentityRemoved, Vr.CS, "YES"u8.ToArray()));
        result.Set(new DicomElement(Tags.DeidentificationMethod, Vr.LO, method));
        result.Set(new DicomElement(Tags.DeidentificationMethodCodeSequence, Vr.SQ, methodCodes));
        result.Set(new DicomElement(Tags.LongitudinalTemporalInformationModified, Vr.CS, DatesKept(source)));
    }

    private static DicomSequence MethodCodes(DeidentificationProfile profile)
    {
        var sequence = new DicomSequence();
        foreach (var (code, meaning) in profile.Codes)
        {
            sequence.Items.Add(CodedEntry.Dicom(code, meaning));
        }

        return sequence;
    }

    private byte[] DatesKept(DicomDataset source)
    {
        if (!Profile.Options.HasFlag(ProfileOptions.RetainFullDates))
        {
            return (Profile.Options.HasFlag(ProfileOptions.RetainModifiedDates) ? "MODIFIED"u8 : "REMOVED"u8).ToArray();
        }

        // What an earlier de-identification did to the dates stays true of them.
        var earlier = source.GetBytes(Tags.LongitudinalTemporalInformationModified);
        return (earlier.SequenceEqual("MODIFIED"u8) || earlier.SequenceEqual("REMOVED"u8) ? earlier : "UNMODIFIED"u8).ToArray();
    }
}
