using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>Tells which attributes of a copy are not as its profile leaves them, from the copy alone. Belongs to one thread.</summary>
/// <param name="profile">The profile that the copy was made with.</param>
internal sealed class ProfileConformance(DeidentificationProfile profile)
{
    private readonly RuleTable rules = new(profile.Options);
    private readonly List<Tag> path = [];
    private List<Tag> wrong = [];
    private int sopClassIndex;

    /// <summary>The attributes that should be absent, empty, a dummy, a replaced UID or a date and are not, and those that should say so and do not.</summary>
    public IReadOnlyList<Tag> Check(DicomFile copy)
    {
        wrong = [];
        sopClassIndex = AttributeTypes.SopClassIndex(copy.Dataset.GetString(Tags.SopClassUid));
        Walk(copy.Dataset);
        RequireText(copy.Dataset, Tags.PatientIdentityRemoved, "YES"u8);
        if (profile.Options.HasFlag(ProfileOptions.RetainModifiedDates))
        {
            RequireText(copy.Dataset, Tags.LongitudinalTemporalInformationModified, "MODIFIED"u8);
        }

        var codes = copy.Dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var element) ? element.Sequence?.Items : null;
        if (!profile.Codes.All(c => codes?.Exists(i => i.GetString(Tags.CodeValue) == c.Code) == true))
        {
            wrong.Add(Tags.DeidentificationMethodCodeSequence);
        }

        return wrong;
    }

    private void RequireText(DicomDataset dataset, Tag tag, ReadOnlySpan<byte> value)
    {
        if (!dataset.GetBytes(tag).SequenceEqual(value))
        {
            wrong.Add(tag);
        }
    }

    private void Walk(DicomDataset dataset)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            ref readonly var element = ref dataset[i];
            path.Add(element.Tag);
            var index = DicomDictionary.IndexOf(element.Tag);
            var isRight = index < 0 ? IsSafePrivate(element.Tag, dataset) : IsAsLeft(element, index, dataset);
            if (!isRight && !wrong.Contains(element.Tag))
            {
                wrong.Add(element.Tag);
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private bool IsSafePrivate(Tag tag, DicomDataset dataset) =>
        tag.IsPrivate && rules.Options.HasFlag(ProfileOptions.RetainSafePrivate) && (tag.Element < 0x1000 || SafePrivateAttributes.TryGet(tag, dataset, out _));

    private bool IsAsLeft(in DicomElement element, int index, DicomDataset dataset)
    {
        var vr = DicomDictionary.VrAt(index);
        var action = RuleTable.Resolve(rules.ActionAt(index), AttributeTypes.TypeOf(sopClassIndex, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)));
        if (element.Tag == Tags.PatientName || element.Tag == Tags.PatientId || IsWritten(element.Tag))
        {
            return true;
        }

        if (vr == Vr.SQ)
        {
            // A sequence that D replaces holds dummies; all others that are there are walked.
            var isWalked = action is ElementAction.Keep or ElementAction.ReplaceUid || element.Tag.Value == 0x00081111;
            if (isWalked)
            {
                element.Sequence?.Items.ForEach(Walk);
            }

            return isWalked || element.IsEmpty || (action == ElementAction.Dummy && element.Sequence?.Items.Count == 1);
        }

        return action switch
        {
            ElementAction.Remove => false,
            _ when element.IsEmpty => true,
            ElementAction.Empty => false,
            ElementAction.Dummy when vr == Vr.UI => AreReplaced(element),
            ElementAction.Dummy when element.Tag.Value == 0x00420011 => IsDummy(element, DummyValues.Document(dataset.GetBytes(new Tag(0x00420012)))),
            ElementAction.Dummy => IsDummy(element, DummyValues.For(element.Tag, vr)),
            ElementAction.ReplaceUid => AreReplaced(element),
            ElementAction.ShiftDate => DateShift.TryShift(vr, element.Value, 0, out _),
            _ => true,
        };
    }

    /// <summary>What a copy gets although a rule would not keep it: SOP Instance UID and what says how it was made.</summary>
    private static bool IsWritten(Tag tag) => tag == Tags.DeidentificationMethod || tag == Tags.DeidentificationMethodCodeSequence;

    private static bool IsDummy(in DicomElement element, ReadOnlySpan<byte> dummy) => element.Value.Span.TrimEnd(" \0"u8).SequenceEqual(dummy.TrimEnd(" \0"u8));

    private static bool AreReplaced(in DicomElement element)
    {
        foreach (var part in element.Value.Span.Split((byte)'\\'))
        {
            var uid = element.Value.Span[part].Trim(" \0"u8);
            if (!uid.IsEmpty && !uid.StartsWith("2.25."u8) && !WellKnownUids.Contains(uid))
            {
                return false;
            }
        }

        return true;
    }
}
