using System.Buffers;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>How a copy may show what the source has at an attribute.</summary>
internal enum Protection : byte
{
    /// <summary>The value may stay; a sequence is walked.</summary>
    None,

    /// <summary>No value of the source may stand at the same attribute.</summary>
    Value,

    /// <summary>A script's rule decides about the value, in which no identifier may stand; a sequence is walked.</summary>
    Decided,

    /// <summary>Nothing of what the source's sequence holds may stand in it, whatever the attribute inside.</summary>
    Content,
}

/// <summary>Which attributes a copy may not show unchanged: read from PS3.15 Table E.1-1 apart from the rules that make the copy, so that a fault in those is seen.</summary>
internal sealed class ProtectedAttributes
{
    private static readonly SearchValues<byte> TagDigits = SearchValues.Create("0123456789ABCDEFx"u8);
    private static readonly byte[] Table = EmbeddedTable.Read("table-e1-1.tsv");

    /// <summary>The options in the order of the table's columns; those that are not offered have none.</summary>
    private static readonly ProfileOptions[] Columns =
    [
        ProfileOptions.RetainSafePrivate, ProfileOptions.RetainUids, ProfileOptions.RetainDeviceIdentity, ProfileOptions.RetainInstitutionIdentity,
        ProfileOptions.RetainPatientCharacteristics, ProfileOptions.RetainFullDates, ProfileOptions.RetainModifiedDates, ProfileOptions.None, ProfileOptions.None, ProfileOptions.CleanGraphics,
    ];

    private readonly Protection[] protections = new Protection[DicomDictionary.Count];

    public ProtectedAttributes(ProfileOptions options)
    {
        RetainsUids = options.HasFlag(ProfileOptions.RetainUids);
        for (var index = 0; index < protections.Length; index++)
        {
            var isCurve = (DicomDictionary.TagAt(index).Group & 0xFF00) == 0x5000; // one row for whole groups
            var isIdentifier = DicomDictionary.VrAt(index) is not (Vr.DA or Vr.DT) && IdentifierAttributes.TryGet(index, out _, out _); // some have no row; a row decides below
            protections[index] = isCurve || isIdentifier || IsPersonOrDate(DicomDictionary.VrAt(index), options) ? Protection.Value : Protection.None;
        }

        ReadOnlySpan<byte> rest = Table;
        while (!rest.IsEmpty)
        {
            var line = EmbeddedTable.Take(ref rest, (byte)'\n');
            var digits = EmbeddedTable.Take(ref line, (byte)'\t');
            var action = EmbeddedTable.Take(ref line, (byte)'\t');
            if (digits.Length == 8 && !digits.ContainsAnyExcept(TagDigits) && DicomDictionary.IndexOf(new Tag(DictionaryIndex.ReadTag(digits).Tag)) is >= 0 and var index)
            {
                protections[index] = Of(DicomDictionary.VrAt(index), DicomDictionary.TagAt(index), action, line, options);
            }
        }
    }

    /// <summary>Whether UIDs may stay.</summary>
    public bool RetainsUids { get; }

    public Protection this[int index] => protections[index];

    private static Protection Of(Vr vr, Tag tag, ReadOnlySpan<byte> action, ReadOnlySpan<byte> columns, ProfileOptions options)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var isOn = Columns[i] != ProfileOptions.None && options.HasFlag(Columns[i]);
            if (isOn && columns[i] == 'C' && Columns[i] == ProfileOptions.RetainModifiedDates && vr is Vr.DA or Vr.DT or Vr.TM or Vr.SH)
            {
                return vr is Vr.DA or Vr.DT ? Protection.Value : Protection.None; // times of day and zones stay when dates move
            }
        }

        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] == 'K' && Columns[i] != ProfileOptions.None && options.HasFlag(Columns[i]))
            {
                return Protection.None;
            }
        }

        // U and U* of a sequence walk it, and so does (0008,1111), whose only identifiers are UIDs.
        var isWalked = action.IndexOf((byte)'U') >= 0 || tag.Value == 0x00081111;
        return vr != Vr.SQ ? Protection.Value : isWalked ? Protection.None : Protection.Content;
    }

    /// <summary>What identifies although no row names it: people, AE titles, and dates unless they are kept.</summary>
    private static bool IsPersonOrDate(Vr vr, ProfileOptions options) => vr switch
    {
        Vr.PN or Vr.AE => true,
        Vr.DA or Vr.DT => !options.HasFlag(ProfileOptions.RetainFullDates),
        Vr.TM => (options & (ProfileOptions.RetainFullDates | ProfileOptions.RetainModifiedDates)) == ProfileOptions.None,
        _ => false,
    };
}
