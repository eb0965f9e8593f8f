using System.Buffers;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Frames of native pixel data (PS3.5 8.2), which is neither compressed nor in fragments.</summary>
internal sealed class NativeFrames
{
    private readonly DicomFile file;
    private readonly DicomElement element;
    private readonly ImageShape stored;
    private readonly int swapUnit;

    /// <exception cref="PacsbinException">MalformedElement if the element is shorter than the frames, or is in no form of pixel data.</exception>
    public NativeFrames(DicomFile file, in DicomElement element, in ImageShape stored)
    {
        this.file = file;
        this.element = element;
        this.stored = stored;
        if (element.Sequence is not null || (file.TransferSyntax.IsEncapsulated && file.TransferSyntax.IsStandard && element.Tag == Tags.PixelData))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The transfer syntax asks for fragments (PS3.5 A.4), the pixel data is in one piece.", element.Tag);
        }

        if (!file.TransferSyntax.IsStandard)
        {
            // A private syntax may have any byte order, as GE's has.
            throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, "The transfer syntax is none of PS3.6, so that nothing tells how pixels are encoded.", element.Tag);
        }

        if (Length < stored.TotalBytes)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The frames need {stored.TotalBytes} bytes, the pixel data has {Length}.", element.Tag);
        }

        SubsampledColors.Validate(stored, Length, element.Tag);
        swapUnit = SwapUnit(file, element, stored);
        Shape = PackedBits.Unpacked(stored);
    }

    /// <summary>What <see cref="Read"/> gives.</summary>
    public ImageShape Shape { get; }

    private long Length => element.Range?.Length ?? element.Value.Length;

    /// <summary>Reads a frame; see <see cref="FrameRead"/>.</summary>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax if the order of a cell's words is not known.</exception>
    public void Read(int frame, Span<byte> destination)
    {
        var word = element.Vr.UnitSize();
        if (file.TransferSyntax.IsBigEndian && word > 1 && stored.BitsAllocated > 8 * word)
        {
            // PS3.5 8.1.1 puts the low word of a cell first, some writers the high one.
            throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax,
                $"Big-endian cells of {stored.BitsAllocated} bits are in {word * 8}-bit words, in an order that nothing tells.", element.Tag);
        }

        if (stored.BitsAllocated != 1)
        {
            ReadBytes(frame * stored.FrameBytes, destination);
            return;
        }

        // PS3.5 8.1.1: frames of single bits follow each other without padding.
        var firstBit = (long)frame * destination.Length;
        var start = firstBit / 8;
        var length = (int)(((firstBit + destination.Length + 7) / 8) - start);
        var packed = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            ReadBytes(start, packed.AsSpan(0, length));
            PackedBits.Unpack(packed, (int)(firstBit % 8), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>Reads bytes in little-endian order.</summary>
    private void ReadBytes(long start, Span<byte> destination)
    {
        var end = start + destination.Length;
        if (start % swapUnit == 0 && end % swapUnit == 0)
        {
            Copy(start, destination);
            ReadBuffer.Swap(destination, swapUnit);
            return;
        }

        // A frame of bytes may begin or end within a word.
        var from = start - (start % swapUnit);
        var length = (int)(Math.Min(end + swapUnit - 1, Length) - from);
        var words = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Copy(from, words.AsSpan(0, length));
            ReadBuffer.Swap(words.AsSpan(0, length), swapUnit);
            words.AsSpan((int)(start - from), destination.Length).CopyTo(destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(words);
        }
    }

    private void Copy(long start, Span<byte> destination)
    {
        if (element.Range is { } range)
        {
            file.Source.ReadExactly(range.Offset + start, destination);
        }
        else
        {
            element.Value.Span.Slice((int)start, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>The bytes that are in reverse order in a big-endian element, compared with little-endian cells, low word first; 1 for none.</summary>
    public static int SwapUnit(DicomFile file, in DicomElement element, in ImageShape stored)
    {
        var unit = element.Vr.UnitSize();
        if (!file.TransferSyntax.IsBigEndian)
        {
            return 1;
        }

        if (element.Range is null && unit > 1)
        {
            return 1;
        }

        // PS3.5 8.2: OW is for cells of more than 8 bits; in another VR, a cell itself is the unit.
        return unit > 1 ? unit : Math.Max(1, stored.BitsAllocated / 8);
    }
}
