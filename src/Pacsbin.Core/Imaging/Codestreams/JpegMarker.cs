namespace Pacsbin.Imaging.Codestreams;

/// <summary>Second bytes of markers (T.81 table B.1, T.87 C.1.1).</summary>
internal static class JpegMarker
{
    public const byte DefineHuffmanTables = 0xC4;
    public const byte DefineArithmeticConditioning = 0xCC;
    public const byte Restart0 = 0xD0;
    public const byte Restart7 = 0xD7;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte DefineQuantizationTables = 0xDB;
    public const byte DefineNumberOfLines = 0xDC;
    public const byte DefineRestartInterval = 0xDD;
    public const byte DefineHierarchicalProgression = 0xDE;
    public const byte ExpandReferenceComponents = 0xDF;
    public const byte Application0 = 0xE0;
    public const byte Application8 = 0xE8;
    public const byte Application14 = 0xEE;
    public const byte Application15 = 0xEF;
    public const byte StartOfFrameJpegLs = 0xF7;
    public const byte JpegLsParameters = 0xF8;
    public const byte Comment = 0xFE;

    /// <summary>Whether this is APP0 to APP15.</summary>
    public static bool IsApplication(byte marker) => marker is >= Application0 and <= Application15;

    /// <summary>Whether this is SOF0 to SOF15 or SOF55; C8 is reserved (T.81 table B.1).</summary>
    public static bool IsStartOfFrame(byte marker) => marker switch
    {
        DefineHuffmanTables or 0xC8 or DefineArithmeticConditioning => false,
        StartOfFrameJpegLs => true,
        _ => marker is >= 0xC0 and <= 0xCF,
    };
}
