namespace Pacsbin.Imaging;

/// <summary>Pixels of a single bit: eight in a byte, the first in its lowest bit (PS3.5 8.1.1, figure 8.1-2).</summary>
internal static class PackedBits
{
    /// <summary>The shape after <see cref="Unpack"/>; unchanged if pixels have more than a bit.</summary>
    public static ImageShape Unpacked(in ImageShape stored) =>
        stored.BitsAllocated == 1 ? stored with { BitsAllocated = 8, BitsStored = 1, HighBit = 0 } : stored;

    /// <summary>Makes a byte of 0 or 1 of every bit.</summary>
    /// <param name="packed">The bits.</param>
    /// <param name="firstBit">The bit of the first byte to begin at.</param>
    /// <param name="pixels">A byte for each bit.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, int firstBit, Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var bit = firstBit + i;
            pixels[i] = (byte)((packed[bit >> 3] >> (bit & 7)) & 1);
        }
    }

    /// <summary>Makes a bit of every byte, which is set unless the byte is 0; bits beside them stay.</summary>
    /// <inheritdoc cref="Unpack"/>
    public static void Pack(ReadOnlySpan<byte> pixels, int firstBit, Span<byte> packed)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var bit = firstBit + i;
            var mask = (byte)(1 << (bit & 7));
            ref var at = ref packed[bit >> 3];
            at = pixels[i] != 0 ? (byte)(at | mask) : (byte)(at & ~mask);
        }
    }
}
