using System.Security.Cryptography;
using System.Text;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Devices;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>Applies a profile of PS3.15 Annex E to instances. Safe for use by several threads.</summary>
/// <param name="profile">What happens to each attribute.</param>
/// <param name="pseudonymizer">Where replacements come from; it belongs to the caller.</param>
/// <param name="crosswalk">Decides what patients become; null if the pseudonymizer alone does. It belongs to the caller.</param>
public sealed class Deidentifier(DeidentificationProfile profile, Pseudonymizer pseudonymizer, Crosswalk? crosswalk = null)
{
    /// <summary>The version of the product.</summary>
    public static readonly string Version = typeof(Deidentifier).Assembly.GetName().Version?.ToString(3) ?? "";
    private readonly DicomSequence methodCodes = MethodCodes(profile);

    private byte[] Method => field ??= Encoding.ASCII.GetBytes($"PacsbinPS {Version}\\DICOM PS3.15 {DeidentificationProfile.Edition}\\{Profile.Name}{(Script is null ? "" : "\\Script")}");

    /// <summary>The profile.</summary>
    public DeidentificationProfile Profile { get; } = profile;

    internal RuleTable Rules { get; init; } = new(profile.Options);

    internal Pseudonymizer Pseudonymizer { get; } = pseudonymizer;

    internal Crosswalk? Crosswalk { get; } = crosswalk;

    /// <summary>The script whose rules come before the profile's, or in the place of all if it is run exactly; null for none.</summary>
    internal CompiledScript? Script { get; init; }

    /// <summary>Which files are meant; null for all.</summary>
    internal DatasetFilter? Filter { get; init; }

    /// <summary>Equal for the same profile, script, filter, version, key and project.</summary>
    internal string SettingsFingerprint => field ??= Convert.ToHexStringLower(Pseudonymizer.Fingerprint(
        $"{Version}|{DeidentificationProfile.Edition}|{Profile.Name}|{(int)Profile.Options}{(Crosswalk is null ? "" : $"|project {Crosswalk.ProjectId}")}"
        + $"{(Script is null ? "" : $"|script {Script.Script.Fingerprint} {Script.Environment.Fingerprint}")}{(Filter is null ? "" : $"|filter {Filter.Text}")}"));

    /// <summary>As <see cref="SettingsFingerprint"/>, for a study whose pixels are erased by a plan.</summary>
    internal string FingerprintWith(RedactionPlan redaction) =>
        redaction.IsEmpty ? SettingsFingerprint : Convert.ToHexStringLower(Pseudonymizer.Fingerprint($"{SettingsFingerprint}|{redaction}"));

    /// <summary>The UID that stands for another in the result.</summary>
    internal string UidOf(string uid) =>
        Profile.Options.HasFlag(ProfileOptions.RetainUids) && Workspace.IsUid(uid) ? uid : Encoding.ASCII.GetString(Uid(Encoding.UTF8.GetBytes(uid)));

    /// <summary>The replacement of a UID that no rule of a script names: as the script hashes SOP Instance UIDs if it does so plainly, so that references to them hold.</summary>
    /// <param name="uid">The original without padding.</param>
    internal byte[] Uid(ReadOnlySpan<byte> uid) => Script?.UidRoot is { } root && !WellKnownUids.Contains(uid)
        ? Encoding.ASCII.GetBytes(HashFunctions.HashUid(Script.Environment.Digest, root, Encoding.Latin1.GetString(uid)))
        : Pseudonymizer.Uid(uid);

    /// <summary>What an instance's own UID, or its study's, becomes; null if the copy has none.</summary>
    /// <param name="source">The instance.</param>
    /// <param name="tag">SOP or Study Instance UID.</param>
    /// <param name="original">What the instance has, or stands for it; empty for nothing.</param>
    internal string? UidOf(DicomFile source, Tag tag, string original)
    {
        if (Script?.Find(tag, source.Dataset) is not { } rule)
        {
            var stays = Script is { Script.IsExact: true } && Workspace.IsUid(original);
            return original.Length == 0 || (stays && Script!.Drops(tag, isSafePrivate: false)) ? null : stays ? original : UidOf(original);
        }

        var result = rule.Apply(new ScriptScope(source.Dataset, source.FileMeta) { IsExact = Script.Script.IsExact }, tag);
        var isKept = result.Effect is ScriptEffect.Keep or ScriptEffect.Skip
            || (Script.Script.IsExact && source.Dataset.TryGet(tag, out var element) && element.Vr == Vr.UN); // which can hold no text
        return result.Effect is ScriptEffect.Remove or ScriptEffect.Empty ? null
            : isKept && Workspace.IsUid(original) ? original
            : !isKept && Workspace.IsUid(result.Text) ? result.Text
            : original.Length == 0 ? null : UidOf(original);
    }

    /// <summary>What a study's UID becomes, by a script's rule as it is for the first of its files that can be read; empty if copies have none.</summary>
    internal string StudyUidOf(DicomStudy study)
    {
        var plain = study.StudyInstanceUid.Length == 0 ? "" : UidOf(study.StudyInstanceUid);
        if (Script is null)
        {
            return plain;
        }

        using var archives = new ArchiveCache();
        foreach (var instance in study.Series.SelectMany(s => s.Instances))
        {
            try
            {
                using var file = DicomFile.Open(instance.File.Open(archives));
                return UidOf(file, Tags.StudyInstanceUid, study.StudyInstanceUid) ?? "";
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is not null)
            {
                continue; // it is rejected when its turn comes
            }
        }

        return plain;
    }

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
    public DeidentifiedInstance Apply(DicomFile source, PatientPseudonym? patient = null, PixelRedactor? redactor = null, CancellationToken cancellationToken = default) =>
        Apply(source, patient, redactor, null, cancellationToken);

    /// <summary>As the public one, without the rules of a script for some attributes, because they have left an identifier.</summary>
    internal DeidentifiedInstance Apply(DicomFile source, PatientPseudonym? patient, PixelRedactor? redactor, IReadOnlySet<Tag>? overruled, CancellationToken cancellationToken)
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

            var erases = redactor is { Regions.Count: > 0 };
            ActionCounts actions;
            if (Script is { Script.IsExact: true })
            {
                var walk = new ExactScriptWalk(Script, source, findings) { ErasesPixels = erases };
                walk.Run(result);
                actions = walk.Actions;
            }
            else
            {
                var walk = new InstanceWalk(this, source, sopClass, patient, findings, overruled) { ErasesPixels = erases };
                walk.Run(result);
                actions = walk.Actions;
                Complete(result, source.Dataset, patient, instanceUid, sopClass, overruled);
            }

            if (redactor is not null)
            {
                redactor.Apply(result, cancellationToken);
                syntax = redactor.TransferSyntax == source.TransferSyntax ? syntax : redactor.TransferSyntax;
            }

            if (sopClass == MediaDirectory.SopClassUid && Script is not { Script.IsExact: true })
            {
                MediaDirectory.Relink(source.Dataset, result, syntax);
            }

            return new DeidentifiedInstance(result, source, syntax, findings.Findings, actions, redactor?.Regions);
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
    private void Complete(DicomDataset result, DicomDataset source, PatientPseudonym patient, string instanceUid, string? sopClass, IReadOnlySet<Tag>? overruled)
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
            SetUnlessNamed(result, overruled, new DicomElement(Tags.PatientName, Vr.PN, patient.Bytes));
            SetUnlessNamed(result, overruled, new DicomElement(Tags.PatientId, Vr.LO, patient.Bytes));
        }

        SetUnlessNamed(result, overruled, new DicomElement(Tags.PatientIdentityRemoved, Vr.CS, "YES"u8.ToArray()));
        SetUnlessNamed(result, overruled, new DicomElement(Tags.DeidentificationMethod, Vr.LO, Method));
        SetUnlessNamed(result, overruled, new DicomElement(Tags.LongitudinalTemporalInformationModified, Vr.CS, Script is { MovesDates: true } ? "MODIFIED"u8.ToArray() : DatesKept(source)));
        if (Script is null)
        {
            result.Set(new DicomElement(Tags.DeidentificationMethodCodeSequence, Vr.SQ, methodCodes));
        }
        else if (!Script.ByTag.ContainsKey(Tags.DeidentificationMethodCodeSequence))
        {
            result.Remove(Tags.DeidentificationMethodCodeSequence); // rules may do less than the profile that the codes stand for
        }
    }

    private void SetUnlessNamed(DicomDataset result, IReadOnlySet<Tag>? overruled, in DicomElement element)
    {
        if (Script?.ByTag.ContainsKey(element.Tag) != true || overruled?.Contains(element.Tag) == true)
        {
            result.Set(element);
        }
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
