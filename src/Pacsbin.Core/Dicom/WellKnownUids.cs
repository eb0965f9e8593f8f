using System.Text;

namespace Pacsbin.Dicom;

/// <summary>The UIDs that PS3.6 Annex A registers; they identify no patient and keep their value.</summary>
public static class WellKnownUids
{
    private const int SlotMask = 0x7FF; // a quarter full
    private const int MaxLength = 64; // PS3.5 9.1

    // Columns: the UID after the root, S for SOP class or T for transfer syntax, name.
    private static readonly byte[] Table = EmbeddedTable.Read("uids.tsv");

    // Where each UID's line starts, plus one, so that 0 is an empty slot.
    private static readonly ushort[] Slots = FillSlots();

    private static ReadOnlySpan<byte> Root => "1.2.840.10008."u8;

    /// <summary>Whether PS3.6 registers the UID.</summary>
    public static bool Contains(string uid) => !Find(uid).IsEmpty;

    /// <summary>Whether PS3.6 registers the UID, given as the bytes of a UI value with or without padding; allocates nothing.</summary>
    public static bool Contains(ReadOnlySpan<byte> ascii) => !Find(ascii.TrimEnd("\0 "u8)).IsEmpty;

    /// <summary>The registered name; null if the UID is unknown or a retired one that lost its name.</summary>
    public static string? NameOf(string uid)
    {
        var line = Find(uid);
        EmbeddedTable.Take(ref line, (byte)'\t');
        EmbeddedTable.Take(ref line, (byte)'\t');
        return line.IsEmpty ? null : Encoding.UTF8.GetString(line);
    }

    /// <summary>Whether PS3.6 lists the UID as a transfer syntax.</summary>
    public static bool IsTransferSyntax(string uid) => TypeOf(Find(uid)) == 'T';

    /// <summary>Whether PS3.6 lists the UID as a SOP class (not a meta SOP class).</summary>
    public static bool IsSopClass(string uid) => TypeOf(Find(uid)) == 'S';

    /// <summary>Whether PS3.6 lists the UID, given as the bytes of a UI value with or without padding, as a SOP class; allocates nothing.</summary>
    public static bool IsSopClass(ReadOnlySpan<byte> ascii) => TypeOf(Find(ascii.TrimEnd("\0 "u8))) == 'S';

    private static byte TypeOf(ReadOnlySpan<byte> line) => line.IsEmpty ? (byte)0 : line[line.IndexOf((byte)'\t') + 1];

    private static ReadOnlySpan<byte> Find(string uid)
    {
        Span<byte> ascii = stackalloc byte[MaxLength];
        return Ascii.FromUtf16(uid, ascii, out var length) == System.Buffers.OperationStatus.Done ? Find(ascii[..length]) : default;
    }

    /// <summary>Finds a UID's line; empty if there is none.</summary>
    private static ReadOnlySpan<byte> Find(scoped ReadOnlySpan<byte> uid)
    {
        if (uid.Length > MaxLength || !uid.StartsWith(Root))
        {
            return default;
        }

        var suffix = uid[Root.Length..];
        for (var slot = SlotOf(suffix); Slots[slot] != 0; slot = (slot + 1) & SlotMask)
        {
            var line = LineAt(Slots[slot] - 1);
            if (suffix.SequenceEqual(line[..line.IndexOf((byte)'\t')]))
            {
                return line;
            }
        }

        return default;
    }

    private static ReadOnlySpan<byte> LineAt(int start) => Table.AsSpan(start, Table.AsSpan(start).IndexOf((byte)'\n'));

    private static ushort[] FillSlots()
    {
        var slots = new ushort[SlotMask + 1];
        var start = 0;
        while (start < Table.Length)
        {
            var line = LineAt(start);
            var slot = SlotOf(line[..line.IndexOf((byte)'\t')]);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & SlotMask;
            }

            slots[slot] = checked((ushort)(start + 1));
            start += line.Length + 1;
        }

        return slots;
    }

    private static int SlotOf(ReadOnlySpan<byte> suffix)
    {
        var hash = 0u;
        foreach (var digit in suffix)
        {
            hash = (hash * 31) + digit;
        }

        return (int)((hash * 0x9E3779B1u) >> 21);
    }
}
