using System.Text;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;
using Pacsbin.Imaging.Codestreams;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>Walks one instance from the root down and builds its de-identified copy; every rule reads the original.</summary>
internal sealed class InstanceWalk(Deidentifier deidentifier, DicomFile source, string? sopClass, PatientPseudonym patient, FindingLog findings, IReadOnlySet<Tag>? overruled)
{
    private const int DepthLimit = 80;
    private static readonly Tag DirectoryRecordType = new(0x00041430);
    private const int LoadLimit = 16 * 1024 * 1024;
    private readonly RuleTable rules = deidentifier.Rules;
    private readonly int sopClassIndex = AttributeTypes.SopClassIndex(sopClass);
    private readonly Tag[] path = new Tag[DepthLimit];
    private PatientPseudonym patient = patient;
    private readonly int[] counts = new int[(int)ElementAction.ShiftDate + 1];
    private readonly SafeScriptRules? script = deidentifier.Script is null ? null : new SafeScriptRules(deidentifier.Script, source, findings, overruled);
    private int depth;

    /// <summary>Whether compressed pixels are left out, because they are erased and added afterwards.</summary>
    public bool ErasesPixels { get; init; }

    /// <summary>Stops before the next compressed frame.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How often each action was taken.</summary>
    public ActionCounts Actions => new(
        counts[(int)ElementAction.Keep], counts[(int)ElementAction.Remove], counts[(int)ElementAction.Empty],
        counts[(int)ElementAction.Dummy], counts[(int)ElementAction.ReplaceUid], counts[(int)ElementAction.ShiftDate]);

    /// <exception cref="PacsbinException">Quarantined if a script's rule says so; as of <see cref="Deidentifier"/>.Apply.</exception>
    public void Run(DicomDataset result)
    {
        Walk(source.Dataset, result);
        script?.Insert(result);
    }

    private void Walk(DicomDataset from, DicomDataset to)
    {
        for (var i = 0; i < from.Count; i++)
        {
            ref readonly var element = ref from[i];
            path[depth] = element.Tag;
            if (script is not null && ApplyScript(element, from, to))
            {
                continue;
            }

            if (element.Tag.IsPrivate)
            {
                var count = to.Count;
                ApplyToPrivate(element, from, to);
                counts[(int)(to.Count > count ? ElementAction.Keep : ElementAction.Remove)]++;
                continue;
            }

            var index = DicomDictionary.IndexOf(element.Tag);
            if (index < 0)
            {
                findings.Note(FindingKind.UnknownAttribute, element.Tag);
                counts[(int)ElementAction.Remove]++;
                continue;
            }

            var action = rules.ActionAt(index);
            if (action >= ElementAction.RemoveOrEmpty)
            {
                action = RuleTable.Resolve(action, AttributeTypes.TypeOf(sopClassIndex, path.AsSpan(0, depth + 1)));
            }

            counts[(int)action]++;
            if (action != ElementAction.Remove)
            {
                Apply(action, index, element, from, to);
            }
        }
    }

    private void Apply(ElementAction action, int index, in DicomElement element, DicomDataset from, DicomDataset to)
    {
        var vr = DicomDictionary.VrAt(index);
        if (element.Tag == Tags.PatientName || element.Tag == Tags.PatientId)
        {
            to.Append(new DicomElement(element.Tag, vr, patient.Bytes));
            return;
        }

        switch (action)
        {
            case ElementAction.Keep:
                Keep(index, element, from, to);
                break;
            case ElementAction.Empty:
                Empty(element.Tag, vr, to);
                break;
            case ElementAction.Dummy when vr == Vr.SQ && element.Tag.Value != 0x00081111:
                to.Append(new DicomElement(element.Tag, vr, DummyValues.Sequence(element.Tag, to)));
                break;
            case ElementAction.Dummy when vr == Vr.SQ: // Referenced Performed Procedure Step: its UIDs are what identifies
            case ElementAction.ReplaceUid when vr == Vr.SQ:
                Keep(index, element, from, to);
                break;
            case ElementAction.Dummy when element.Tag.Value == 0x00420011:
                to.Append(new DicomElement(element.Tag, vr, DummyValues.Document(from.GetBytes(new Tag(0x00420012)))));
                break;
            case ElementAction.Dummy when vr == Vr.UI:
            case ElementAction.ReplaceUid:
                ReplaceUids(element, to);
                break;
            case ElementAction.Dummy:
                to.Append(new DicomElement(element.Tag, vr, DummyValues.For(element.Tag, vr)));
                break;
            case ElementAction.ShiftDate:
                ShiftDate(index, element, to);
                break;
        }
    }

    /// <summary>Does what a script says of an element; false if it says nothing, and the profile decides.</summary>
    private bool ApplyScript(in DicomElement element, DicomDataset from, DicomDataset to)
    {
        var effect = script!.Apply(element, from, to);
        if (effect == ScriptEffect.Keep)
        {
            var index = DicomDictionary.IndexOf(element.Tag);
            if (index >= 0)
            {
                Keep(index, element, from, to);
            }
            else if (element.Sequence is not null)
            {
                KeepSequence(element, Vr.None, from, to);
            }
            else
            {
                KeepValue(element, element.Vr, element.Vr, to);
            }
        }

        counts[(int)(effect switch
        {
            ScriptEffect.Remove => ElementAction.Remove,
            ScriptEffect.Empty => ElementAction.Empty,
            ScriptEffect.Replace => element.Vr == Vr.UI ? ElementAction.ReplaceUid : ElementAction.Dummy,
            _ => ElementAction.Keep,
        })] += effect is null ? 0 : 1;
        return effect is not null;
    }

    private static void Empty(Tag tag, Vr vr, DicomDataset to) =>
        to.Append(vr == Vr.SQ ? new DicomElement(tag, vr, new DicomSequence()) : new DicomElement(tag, vr, ReadOnlyMemory<byte>.Empty));

    private void Keep(int index, in DicomElement element, DicomDataset from, DicomDataset to)
    {
        var expected = DicomDictionary.VrAt(index);
        if (PixelElements.IsPixelData(element.Tag))
        {
            if (depth > 0)
            {
                findings.Note(FindingKind.InvalidValue, element.Tag); // only icons have pixels below the root, and the table removes those
                return;
            }

            PixelElements.Keep(element, source, rules.Options, findings, to, ErasesPixels, Cancellation);
            return;
        }

        if (element.Tag.Value == 0x00282000)
        {
            KeepIccProfile(element, to);
            return;
        }

        if (element.Sequence is not null || expected == Vr.SQ)
        {
            KeepSequence(element, expected, from, to);
            return;
        }

        var vr = element.Vr;
        if (vr is Vr.UN or Vr.None)
        {
            vr = DicomDictionary.IsAmbiguousAt(index) && expected == Vr.OB ? Vr.OW : expected; // PS3.5 6.2.2 and A.1
        }
        else if (expected != Vr.None && !ValueRules.IsCompatible(vr, expected) && !DicomDictionary.EntryAt(index).AlternativeVrs.Contains(vr))
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
            return;
        }

        if (!ValueRules.HasRoom(index, vr, element.Range?.Length ?? element.Value.Length))
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
            Empty(element.Tag, vr, to);
            return;
        }

        KeepValue(element, vr, expected == Vr.None || !expected.IsString() ? vr : expected, to);
    }

    private void KeepValue(in DicomElement element, Vr vr, Vr checkedVr, DicomDataset to)
    {
        if (element.Fragments is not null)
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
        }
        else if (element.Range is { } range && (!checkedVr.IsString() || checkedVr.IsText()) && checkedVr != Vr.AT)
        {
            to.Append(new DicomElement(element.Tag, vr, range));
        }
        else if (!TryLoad(element, out var value) || !ValueRules.IsLegal(checkedVr, value)
            || (element.Tag == Tags.SpecificCharacterSet && !CharacterSet.Parse(value.Span).IsKnown))
        {
            findings.Note(checkedVr is Vr.DA or Vr.DT or Vr.TM ? FindingKind.InvalidDate : FindingKind.InvalidValue, element.Tag);
            Empty(element.Tag, vr, to);
        }
        else
        {
            to.Append(new DicomElement(element.Tag, vr, value));
        }
    }

    private void KeepSequence(in DicomElement element, Vr expected, DicomDataset from, DicomDataset to)
    {
        var sequence = element.Sequence;
        if (sequence is null && element.Range is null && element.Vr is Vr.UN or Vr.OB)
        {
            // PS3.5 6.2.2: a sequence that passed through a system that did not know it; implicit inside, by some explicit.
            if (!DicomReader.TryReadItems(element.Value, from, isExplicitVr: false, out sequence))
            {
                DicomReader.TryReadItems(element.Value, from, isExplicitVr: true, out sequence);
            }
        }

        if (sequence is null || expected is not (Vr.SQ or Vr.None) || depth + 1 >= DepthLimit)
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
            return;
        }

        var copy = new DicomSequence { HasUndefinedLength = sequence.HasUndefinedLength };
        var outer = patient;
        depth++;
        foreach (var item in sequence.Items)
        {
            if (PatientKey.Of(item) is { } other && !IsRootPatient(other))
            {
                // The records of a DICOMDIR follow their patient; any other item has the dates of the instance.
                var pseudonym = deidentifier.PseudonymOf(other);
                patient = element.Tag == Tags.DirectoryRecordSequence ? pseudonym : pseudonym with { DateShiftDays = patient.DateShiftDays };
            }
            else if (element.Tag != Tags.DirectoryRecordSequence || item.GetBytes(DirectoryRecordType).SequenceEqual("PATIENT"u8))
            {
                patient = outer;
            }

            var target = new DicomDataset(to, item.Count) { HasUndefinedLength = item.HasUndefinedLength };
            Walk(item, target);
            copy.Items.Add(target);
        }

        depth--;
        patient = outer;
        to.Append(new DicomElement(element.Tag, Vr.SQ, copy));
    }

    /// <summary>Whether an item names the instance's own patient; with the issuer left out, the same id means the same patient.</summary>
    private bool IsRootPatient(PatientKey other) => other.Issuer.Length == 0 && PatientKey.Of(source.Dataset) is { } root && root.Id == other.Id;

    private void ReplaceUids(in DicomElement element, DicomDataset to)
    {
        if (!TryLoad(element, out var value))
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
            Empty(element.Tag, Vr.UI, to);
            return;
        }

        var text = value.Span.Trim(" \0"u8);
        if (text.IsEmpty || text.IndexOf((byte)'\\') < 0)
        {
            to.Append(new DicomElement(element.Tag, Vr.UI, text.IsEmpty ? [] : deidentifier.Uid(text)));
            return;
        }

        var joined = new List<byte>(text.Length);
        foreach (var part in text.Split((byte)'\\'))
        {
            if (part.Start.Value > 0)
            {
                joined.Add((byte)'\\');
            }

            var uid = text[part].Trim(" \0"u8);
            joined.AddRange(uid.IsEmpty ? [] : deidentifier.Uid(uid));
        }

        to.Append(new DicomElement(element.Tag, Vr.UI, joined.ToArray()));
    }

    private void ShiftDate(int index, in DicomElement element, DicomDataset to)
    {
        var vr = DicomDictionary.VrAt(index);
        if (TryLoad(element, out var value) && DateShift.TryShift(vr, value, patient.DateShiftDays, out var shifted))
        {
            to.Append(new DicomElement(element.Tag, vr, shifted));
            return;
        }

        findings.Note(FindingKind.InvalidDate, element.Tag);
        Empty(element.Tag, vr, to);
    }

    private void KeepIccProfile(in DicomElement element, DicomDataset to)
    {
        if (!TryLoad(element, out var value) || IccProfile.Clean(value.Span) is not { Length: > 0 } profile)
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
            return;
        }

        to.Append(new DicomElement(element.Tag, Vr.OB, profile));
    }

    private void ApplyToPrivate(in DicomElement element, DicomDataset from, DicomDataset to)
    {
        if (!rules.Options.HasFlag(ProfileOptions.RetainSafePrivate) || !SafePrivateAttributes.TryGet(element.Tag, from, out var safe))
        {
            return;
        }

        var safeVr = safe.Vr;
        var vr = element.Vr == Vr.UN && safeVr != Vr.None ? safeVr : element.Vr;
        var count = to.Count;
        if (element.Sequence is not null || safeVr == Vr.SQ)
        {
            KeepSequence(element, safeVr, from, to);
        }
        else if (safeVr == Vr.UI && !rules.Options.HasFlag(ProfileOptions.RetainUids))
        {
            ReplaceUids(element, to);
        }
        else if (vr is Vr.UN or Vr.PN or Vr.DA or Vr.DT or Vr.TM || (safeVr != Vr.None && !ValueRules.IsCompatible(vr, safeVr))
            || !ValueRules.HasRoom(safeVr, safe.MaxValues, vr, element.Range?.Length ?? element.Value.Length))
        {
            findings.Note(FindingKind.InvalidValue, element.Tag);
        }
        else
        {
            KeepValue(element, vr, safeVr == Vr.None || !safeVr.IsString() ? vr : safeVr, to);
        }

        if (to.Count > count && from.TryGet(element.Tag.PrivateCreator, out var creator))
        {
            to.Set(new DicomElement(creator.Tag, Vr.LO, creator.Value));
        }
    }

    private bool TryLoad(in DicomElement element, out ReadOnlyMemory<byte> value)
    {
        value = element.Value;
        if (element.Sequence is not null || element.Fragments is not null)
        {
            return false;
        }

        if (element.Range is { } range)
        {
            if (range.Length > LoadLimit)
            {
                return false;
            }

            var loaded = new byte[range.Length];
            source.Source.ReadExactly(range.Offset, loaded);
            value = loaded;
        }

        return true;
    }
}
