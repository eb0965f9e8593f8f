using System.Buffers.Binary;
using System.Numerics;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Checks that marker segments are exactly as long as what they hold, so that nothing else fits into them.</summary>
internal struct Jpeg2000Segments
{
    private const int MaxLevels = 32;
    private int components;
    private int codedLevels;
    private int quantizedLevels;
    private bool hasCodingStyle;
    private bool hasQuantization;

    private readonly int IndexBytes => components < 257 ? 1 : 2;

    /// <param name="marker">Any marker that is not dispensable.</param>
    /// <param name="contents">What follows the length.</param>
    /// <param name="position">Where the segment ends, for messages.</param>
    /// <param name="isMainHeader">Whether it is in the main header rather than in a tile-part's.</param>
    public void Validate(ushort marker, ReadOnlySpan<byte> contents, int position, bool isMainHeader)
    {
        if (components == 0 != (marker == Jpeg2000Marker.ImageAndTileSize))
        {
            throw FrameError.Malformed("SIZ is expected first and once", position);
        }

        var exact = marker switch
        {
            Jpeg2000Marker.ImageAndTileSize => IsImageSize(contents),
            Jpeg2000Marker.Capabilities when isMainHeader =>
                contents.Length >= 4 && contents.Length == 4 + (2 * BitOperations.PopCount(BinaryPrimitives.ReadUInt32BigEndian(contents))),
            Jpeg2000Marker.CodingStyleDefault => contents.Length >= 10 && IsCodingStyle(contents[0], contents[5..]),
            Jpeg2000Marker.CodingStyleComponent =>
                contents.Length >= IndexBytes + 6 && IsCodingStyle(contents[IndexBytes], contents[(IndexBytes + 1)..]),
            Jpeg2000Marker.QuantizationDefault => IsQuantization(contents),
            Jpeg2000Marker.QuantizationComponent => contents.Length > IndexBytes && IsQuantization(contents[IndexBytes..]),
            Jpeg2000Marker.RegionOfInterest => contents.Length == IndexBytes + 2,
            Jpeg2000Marker.ProgressionOrderChange => contents.Length > 0 && contents.Length % (5 + (2 * IndexBytes)) == 0,
            Jpeg2000Marker.PackedHeadersMainHeader when isMainHeader => contents.Length > 1,
            Jpeg2000Marker.PackedHeadersTilePart when !isMainHeader => contents.Length > 1,
            Jpeg2000Marker.Capabilities or Jpeg2000Marker.PackedHeadersMainHeader or Jpeg2000Marker.PackedHeadersTilePart
                or Jpeg2000Marker.TilePartLengths => throw FrameError.Malformed($"Segment {marker:X4} is in the wrong header", position),
            _ => MultipleComponentSegments.IsExact(marker, contents, position),
        };
        if (!exact)
        {
            throw FrameError.Malformed($"The length of segment {marker:X4} contradicts its contents", position);
        }

        hasCodingStyle |= marker == Jpeg2000Marker.CodingStyleDefault;
        hasQuantization |= marker == Jpeg2000Marker.QuantizationDefault;
    }

    public readonly void RequireMainHeader(int position)
    {
        if (!hasCodingStyle || !hasQuantization)
        {
            throw FrameError.Malformed("The main header lacks SIZ, COD or QCD", position);
        }

        RequireLevels(position);
    }

    /// <summary>Refuses step sizes of resolution levels that do not exist: they could hold anything.</summary>
    public readonly void RequireLevels(int position)
    {
        if (quantizedLevels > codedLevels)
        {
            throw FrameError.Malformed("There are more step sizes than resolution levels", position);
        }
    }

    // T.800 A.5.1
    private bool IsImageSize(ReadOnlySpan<byte> contents)
    {
        if (contents.Length < 39)
        {
            return false;
        }

        components = BinaryPrimitives.ReadUInt16BigEndian(contents[34..]);
        return components is >= 1 and <= 16384 && contents.Length == 36 + (3 * components);
    }

    // T.800 A.6.1, table A.15: levels, code-block width, height and style, transformation, then precincts.
    private bool IsCodingStyle(byte style, ReadOnlySpan<byte> parameters)
    {
        int levels = parameters[0];
        codedLevels = Math.Max(codedLevels, levels);
        return levels <= MaxLevels && parameters.Length == 5 + ((style & 1) == 0 ? 0 : levels + 1);
    }

    // T.800 A.6.4, table A.27
    private bool IsQuantization(ReadOnlySpan<byte> contents)
    {
        if (contents.IsEmpty)
        {
            return false;
        }

        var stepSizes = contents.Length - 1;
        var (first, size) = (contents[0] & 0x1F) switch
        {
            0 => (1, 3),
            1 => (2, int.MaxValue),
            2 => (2, 6),
            _ => (int.MaxValue, 1),
        };
        if (stepSizes < first || (stepSizes - first) % size != 0)
        {
            return false;
        }

        quantizedLevels = Math.Max(quantizedLevels, (stepSizes - first) / size);
        return true;
    }
}
