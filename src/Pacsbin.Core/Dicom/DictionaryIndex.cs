using System.Runtime.CompilerServices;

namespace Pacsbin.Dicom;

/// <summary>An open-addressing hash table from tags to the lines of the dictionary.</summary>
internal sealed class DictionaryIndex
{
    private const int SlotBits = 14; // a third full, so that most lookups end at the first slot
    private const uint SlotMask = (1u << SlotBits) - 1;
    private const uint OddGroup = 0x10000;
    private const uint Empty = uint.MaxValue; // an odd group, which nothing looks for

    private readonly uint[] keys = new uint[1 << SlotBits];
    private readonly ushort[] indexes = new ushort[1 << SlotBits];
    private readonly Vr[] vrs;
    private readonly bool[] ambiguous;
    private readonly uint[] tags;
    private readonly int[] starts;

    internal DictionaryIndex(byte[] table)
    {
        Count = table.AsSpan().Count((byte)'\n');
        vrs = new Vr[Count];
        ambiguous = new bool[Count];
        tags = new uint[Count];
        starts = new int[Count + 1];
        keys.AsSpan().Fill(Empty);
        for (var i = 0; i < Count; i++)
        {
            var line = table.AsSpan(starts[i]);
            line = line[..line.IndexOf((byte)'\n')];
            starts[i + 1] = starts[i] + line.Length + 1;
            vrs[i] = ReadVr(line[9..]);
            ambiguous[i] = line.Length > 11 && line[11] == '/';
            var (tag, mask) = ReadTag(line[..8]);
            tags[i] = tag;

            // A repeating group is kept under the odd group beside it, where no exact entry can be.
            Add(mask == uint.MaxValue ? tag : tag | OddGroup, (ushort)i);
        }
    }

    internal int Count { get; }

    internal Vr VrAt(int index) => vrs[index];

    internal bool IsAmbiguousAt(int index) => ambiguous[index];

    internal Tag TagAt(int index) => new(tags[index]);

    internal ReadOnlySpan<byte> LineAt(byte[] table, int index) => table.AsSpan(starts[index]..(starts[index + 1] - 1));

    internal int Find(Tag tag)
    {
        var value = tag.Value;
        if ((value & OddGroup) != 0)
        {
            return -1;
        }

        var found = FindKey(value);
        return found >= 0 ? found : FindRepeating(value);
    }

    /// <summary>Reads eight digits, where x stands for any: the tag with x as 0, and the mask of the digits that are fixed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // 43,000 digits before the JIT would optimize by itself
    internal static (uint Tag, uint Mask) ReadTag(ReadOnlySpan<byte> digits)
    {
        uint tag = 0, mask = 0;
        foreach (var digit in digits)
        {
            tag <<= 4;
            mask <<= 4;
            if (digit != 'x')
            {
                tag |= (uint)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
                mask |= 0xF;
            }
        }

        return (tag, mask);
    }

    /// <summary>Reads the VR at the front; none where the column is empty.</summary>
    internal static Vr ReadVr(ReadOnlySpan<byte> text) => text.Length < 2 || text[0] == '\t' ? Vr.None : (Vr)(text[0] | (text[1] << 8));

    // PS3.6: 002031xx, 002804xN and 002808xN, 1000xxxN, 1010xxxx, 50xx, 60xx, 7Fxx. The last four digits 0000 are a group length (PS3.5 7.2).
    private int FindRepeating(uint value)
    {
        var mask = (value >> 16) switch
        {
            0x0020 => 0xFFFFFF00,
            0x0028 => 0xFFFFFF0F,
            0x1000 => 0xFFFF000F,
            0x1010 => 0xFFFF0000,
            var group when (group & 0xFF00) is 0x5000 or 0x6000 or 0x7F00 => 0xFF00FFFFu,
            _ => 0u,
        };
        return mask == 0 || (ushort)value == 0 ? -1 : FindKey((value & mask) | OddGroup);
    }

    private int FindKey(uint key)
    {
        var slots = keys;
        for (var slot = SlotOf(key); ; slot = (slot + 1) & SlotMask)
        {
            var candidate = slots[slot];
            if (candidate == key)
            {
                return indexes[slot];
            }

            if (candidate == Empty)
            {
                return -1;
            }
        }
    }

    private void Add(uint key, ushort index)
    {
        var slot = SlotOf(key);
        while (keys[slot] != Empty)
        {
            slot = (slot + 1) & SlotMask;
        }

        keys[slot] = key;
        indexes[slot] = index;
    }

    private static uint SlotOf(uint key) => (key * 0x9E3779B1u) >> (32 - SlotBits);
}
