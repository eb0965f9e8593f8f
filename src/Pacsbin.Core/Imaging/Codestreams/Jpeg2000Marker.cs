namespace Pacsbin.Imaging.Codestreams;

/// <summary>Markers of codestreams (T.800 table A.2, T.801 table A.1, T.814 A.2).</summary>
internal static class Jpeg2000Marker
{
    public const ushort StartOfCodestream = 0xFF4F;
    public const ushort Capabilities = 0xFF50;
    public const ushort ImageAndTileSize = 0xFF51;
    public const ushort CodingStyleDefault = 0xFF52;
    public const ushort CodingStyleComponent = 0xFF53;
    public const ushort TilePartLengths = 0xFF55;
    public const ushort Profile = 0xFF56;
    public const ushort PacketLengthsMainHeader = 0xFF57;
    public const ushort PacketLengthsTilePart = 0xFF58;
    public const ushort CorrespondingProfile = 0xFF59;
    public const ushort QuantizationDefault = 0xFF5C;
    public const ushort QuantizationComponent = 0xFF5D;
    public const ushort RegionOfInterest = 0xFF5E;
    public const ushort ProgressionOrderChange = 0xFF5F;
    public const ushort PackedHeadersMainHeader = 0xFF60;
    public const ushort PackedHeadersTilePart = 0xFF61;
    public const ushort ComponentRegistration = 0xFF63;
    public const ushort Comment = 0xFF64;
    public const ushort MultipleComponentTransform = 0xFF74;
    public const ushort MultipleComponentCollection = 0xFF75;
    public const ushort MultipleComponentOrder = 0xFF77;
    public const ushort ComponentBitDepth = 0xFF78;
    public const ushort StartOfTilePart = 0xFF90;
    public const ushort StartOfPacket = 0xFF91;
    public const ushort EndOfPacketHeader = 0xFF92;
    public const ushort StartOfData = 0xFF93;
    public const ushort EndOfCodestream = 0xFFD9;

    /// <summary>Whether decoding never needs the segment: comments, pointers into the codestream, registration, profile names.</summary>
    public static bool IsDispensable(ushort marker) =>
        marker is Comment or PacketLengthsMainHeader or PacketLengthsTilePart or ComponentRegistration or Profile or CorrespondingProfile;
}
