using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>How the words of a value are told apart that are looked for.</summary>
internal enum WordForm : byte
{
    /// <summary>Components and parts of a person's name (PS3.5 6.2 PN).</summary>
    Name,

    /// <summary>A number or code: whole, and without its separators.</summary>
    Code,

    /// <summary>A text: whole, and between its commas.</summary>
    Text,

    /// <summary>A date: in the ways that people write one.</summary>
    Date,
}

/// <summary>The attributes whose values are looked for everywhere in a copy.</summary>
internal static class IdentifierAttributes
{
    private static readonly (IdentifierKind Kind, WordForm Form, uint[] Tags)[] Groups =
    [
        (IdentifierKind.Id, WordForm.Code,
        [
            0x00080050, 0x00100020, 0x00100021, 0x00101000, 0x00101090, 0x00120040, 0x00120042, 0x00380010, 0x00380060, 0x00402016,
 0x00402017, 0x00402006, 0x00402007, 0x00401006, 0x00401007, 0x00181004,
        ]),
        (IdentifierKind.Examination, WordForm.Code, [0x00200010, 0x00400009, 0x00400253, 0x00401001]),
        (IdentifierKind.Date, WordForm.Date,
        [
            0x00100030, 0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x0008002A, 0x001021D0, 0x00380020, 0x00380030, 0x00400002, 0x00400244, 0x00400250,
        ]),
        (IdentifierKind.Address, WordForm.Text, [0x00101040, 0x00080081, 0x00080092, 0x00380400]),
        (IdentifierKind.Telephone, WordForm.Code, [0x00102154, 0x00102155, 0x00080094, 0x00402010]),
        (IdentifierKind.Institution, WordForm.Text,
        [
            0x00080080, 0x00081040, 0x00102299, 0x00120010, 0x00120021, 0x00120031, 0x00321033, 0x0040A027, 0x00380300,
        ]),
        (IdentifierKind.Device, WordForm.Code, [0x00081010, 0x00181000, 0x00181008, 0x00400010, 0x00400242]),
    ];

    // One byte for each attribute of the dictionary: 0, or the place of its group counted from 1.
    private static readonly byte[] ByIndex = Load();

    /// <summary>What an attribute's value identifies; false if it is not looked for.</summary>
    /// <param name="index">The attribute's place in the dictionary.</param>
    /// <param name="kind">What it says.</param>
    /// <param name="form">How its words are told apart.</param>
    public static bool TryGet(int index, out IdentifierKind kind, out WordForm form)
    {
        var group = ByIndex[index];
        (kind, form) = group switch
        {
            0 => default,
            byte.MaxValue => (IdentifierKind.PersonName, WordForm.Name),
            _ => (Groups[group - 1].Kind, Groups[group - 1].Form),
        };
        return group != 0;
    }

    private static byte[] Load()
    {
        var groups = new byte[DicomDictionary.Count];
        for (var index = 0; index < groups.Length; index++)
        {
            groups[index] = DicomDictionary.VrAt(index) == Vr.PN ? byte.MaxValue : (byte)0;
        }

        for (var i = 0; i < Groups.Length; i++)
        {
            foreach (var tag in Groups[i].Tags)
            {
                groups[DicomDictionary.IndexOf(new Tag(tag))] = (byte)(i + 1);
            }
        }

        return groups;
    }
}
