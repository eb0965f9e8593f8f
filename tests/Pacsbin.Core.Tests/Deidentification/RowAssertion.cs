using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Compares what became of an original with the action that the table asks for.</summary>
/// <param name="options">The profile's.</param>
/// <param name="patient">Whose the instance is.</param>
internal sealed class RowAssertion(ProfileOptions options, PatientKey patient)
{
    private static readonly byte[] OriginalText = Encoding.ASCII.GetBytes(Originals.Text);
    private readonly PatientPseudonym pseudonym = Deidentified.PseudonymOf(patient);

    /// <summary>What is wrong with a row's attribute in a data set; null if nothing is.</summary>
    public string? Fault(ProfileRow row, DicomDataset dataset, int type)
    {
        var action = row.Action(options, type);
        var isThere = dataset.TryGet(row.Tag, out var element);
        if (action == 'X')
        {
            return isThere ? Say("is there") : null;
        }

        if (!isThere)
        {
            return Say("is gone");
        }

        if (element.Vr.ToString() != row.Vr)
        {
            return Say($"has VR {element.Vr}");
        }

        if (row.Tag == Tags.PatientName || row.Tag == Tags.PatientId)
        {
            return dataset.Text(row.Tag.Value) == pseudonym.Id ? null : Say("is not the pseudonym");
        }

        var fault = row.Vr == "SQ" ? SequenceFault(action, element.Sequence!, row) : ValueFault(action, element.Value.Span, row.Vr);
        return fault is null ? null : Say(fault);

        string Say(string what) => $"{row.Tag} {row.Vr} {row.Basic} as {action} under {options}: {what}";
    }

    private string? ValueFault(char action, ReadOnlySpan<byte> value, string vr)
    {
        var original = Originals.Of(vr);
        switch (action)
        {
            case 'Z':
                return value.IsEmpty ? null : "is not empty";
            case 'K':
                return value.SequenceEqual(original) ? null : "is not what it was";
            case 'D' when vr == "UI":
            case 'U':
                return Encoding.ASCII.GetString(value).TrimEnd('\0') == Deidentified.UidOf(Originals.Uid) ? null : "is not the UID's replacement";
            case 'D':
                return value.IsEmpty ? "is empty"
                    : value.SequenceEqual(original) || value.IndexOf(OriginalText) >= 0 ? "is what it was"
                    : Originals.IsLegal(vr, value) ? null : "is not legal";
            default:
                var expected = vr is "DA" or "DT" ? Originals.Shift(Encoding.ASCII.GetString(original), pseudonym.DateShiftDays) : Encoding.ASCII.GetString(original);
                return Encoding.ASCII.GetString(value).TrimEnd() == expected.TrimEnd() ? null : "is not what it was, moved by the patient's days";
        }
    }

    private string? SequenceFault(char action, DicomSequence sequence, ProfileRow row)
    {
        if (action == 'Z')
        {
            return sequence.Items.Count == 0 ? null : "has items";
        }

        if (sequence.Items is not [var item])
        {
            return $"has {sequence.Items.Count} items";
        }

        // PS3.15 E.1.1: D of the performed procedure step stands for replaced UIDs, as U* does.
        if (action is 'K' or 'U' || row.Tag.Value == 0x00081111)
        {
            var uid = options.HasFlag(ProfileOptions.RetainUids) ? Originals.Uid : Deidentified.UidOf(Originals.Uid);
            return item.Text(0x00080104) != Originals.Text ? "was not walked" : item.Text(0x00081155) != uid ? "has another reference" : null;
        }

        return item.Count == 0 ? "has an empty item" : Holds(item) ? "holds what it held" : null;
    }

    private static bool Holds(DicomDataset dataset)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            if (dataset[i].Value.Span.IndexOf(OriginalText) >= 0 || dataset[i].Sequence?.Items.Any(Holds) == true)
            {
                return true;
            }
        }

        return false;
    }
}
