using System.Buffers.Binary;
using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Deidentification;

/// <summary>The bits of a pixel cell that hold no pixel (PS3.5 8.1.1), where older equipment kept overlays (PS3.5 8.1.2).</summary>
internal sealed class UnusedBits(int bitsAllocated, int bitsStored, int highBit, bool isSigned, bool isFileBigEndian)
{
    private const ushort OverlayRows = 0x0010;
    private const ushort OverlayBitsAllocated = 0x0100;
    private const ushort OverlayBitPosition = 0x0102;
    private const ushort OverlayData = 0x3000;

    /// <summary>The bits to clear; null if there are none, or neither the profile nor an overlay asks for it.</summary>
    /// <exception cref="PacsbinException">MalformedElement if an overlay is in bits that cannot be told from the pixel's.</exception>
    public static UnusedBits? For(ImageShape shape, DicomFile source, ProfileOptions options)
    {
        var hasUnused = shape.BitsAllocated is 8 or 16 or 32 && shape.BitsStored > 0 && shape.BitsStored < shape.BitsAllocated
            && shape.HighBit < shape.BitsAllocated && shape.HighBit >= shape.BitsStored - 1;
        if (!hasUnused && shape.BitsStored != shape.BitsAllocated && !source.TransferSyntax.IsEncapsulated && AreDeclared(source.Dataset))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "An overlay is in the pixel data, and Bits Allocated, Bits Stored and High Bit do not say where.", Tags.HighBit);
        }

        return hasUnused && (options.HasFlag(ProfileOptions.CleanGraphics) || AreDeclared(source.Dataset))
            ? new UnusedBits(shape.BitsAllocated, shape.BitsStored, shape.HighBit, shape.IsSigned, source.TransferSyntax.IsBigEndian)
            : null;
    }

    /// <summary>Whether the data set has an overlay group without Overlay Data of its own, or with more bits than those have (PS3.3 C.9.2.1.1).</summary>
    public static bool AreDeclared(DicomDataset dataset)
    {
        // From the end, where pixel data is, down to group 6000: usually one step.
        for (var i = dataset.Count - 1; i >= 0 && dataset[i].Tag.Group >= 0x6000; i--)
        {
            var tag = dataset[i].Tag;
            if (tag is not { Group: <= 0x60FE, IsPrivate: false, Element: OverlayRows or OverlayBitsAllocated or OverlayBitPosition })
            {
                continue;
            }

            if (!dataset.TryGet(new Tag(tag.Group, OverlayData), out var data) || data.IsEmpty || dataset.GetInt32(new Tag(tag.Group, OverlayBitsAllocated)) > 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Clears the bits of whole pixel cells; above a signed pixel they take its sign, as readers expect who do not mask.</summary>
    public void Clear(Span<byte> cells, bool? bigEndian = null)
    {
        var size = bitsAllocated / 8;
        var isBigEndian = bigEndian ?? isFileBigEndian;
        var lowest = highBit - bitsStored + 1;
        for (; cells.Length >= size; cells = cells[size..])
        {
            uint cell = size switch
            {
                1 => cells[0],
                2 => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(cells) : BinaryPrimitives.ReadUInt16LittleEndian(cells),
                _ => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(cells) : BinaryPrimitives.ReadUInt32LittleEndian(cells),
            };
            var up = 31 - highBit;
            var down = up + lowest;
            var pixel = isSigned ? (uint)((int)(cell << up) >> down) : (cell << up) >> down;
            cell = pixel << lowest;
            switch (size)
            {
                case 1:
                    cells[0] = (byte)cell;
                    break;
                case 2 when isBigEndian:
                    BinaryPrimitives.WriteUInt16BigEndian(cells, (ushort)cell);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(cells, (ushort)cell);
                    break;
                default:
                    if (isBigEndian)
                    {
                        BinaryPrimitives.WriteUInt32BigEndian(cells, cell);
                    }
                    else
                    {
                        BinaryPrimitives.WriteUInt32LittleEndian(cells, cell);
                    }

                    break;
            }
        }
    }
}

/// <summary>Native pixel data whose unused bits are cleared while it is copied.</summary>
internal sealed class MaskedRange(FileRange inner, UnusedBits bits) : EditedRange(inner)
{
    protected override void Edit(Span<byte> piece, long position) => bits.Clear(piece);
}
