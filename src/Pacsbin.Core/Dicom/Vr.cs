namespace Pacsbin.Dicom;

/// <summary>The value representations of PS3.5 section 6.2. The number is the two letters as little-endian bytes.</summary>
public enum Vr : ushort
{
    None = 0,
    AE = 0x4541,
    AS = 0x5341,
    AT = 0x5441,
    CS = 0x5343,
    DA = 0x4144,
    DS = 0x5344,
    DT = 0x5444,
    FD = 0x4446,
    FL = 0x4C46,
    IS = 0x5349,
    LO = 0x4F4C,
    LT = 0x544C,
    OB = 0x424F,
    OD = 0x444F,
    OF = 0x464F,
    OL = 0x4C4F,
    OV = 0x564F,
    OW = 0x574F,
    PN = 0x4E50,
    SH = 0x4853,
    SL = 0x4C53,
    SQ = 0x5153,
    SS = 0x5353,
    ST = 0x5453,
    SV = 0x5653,
    TM = 0x4D54,
    UC = 0x4355,
    UI = 0x4955,
    UL = 0x4C55,
    UN = 0x4E55,
    UR = 0x5255,
    US = 0x5355,
    UT = 0x5455,
    UV = 0x5655,
}

/// <summary>What PS3.5 section 6.2 says of each value representation.</summary>
public static class VrTraits
{
    public static bool IsDefined(this Vr vr) => vr switch
    {
        Vr.AE or Vr.AS or Vr.AT or Vr.CS or Vr.DA or Vr.DS or Vr.DT or Vr.FD or Vr.FL or Vr.IS or Vr.LO or Vr.LT
            or Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.PN or Vr.SH or Vr.SL or Vr.SQ or Vr.SS or Vr.ST
            or Vr.SV or Vr.TM or Vr.UC or Vr.UI or Vr.UL or Vr.UN or Vr.UR or Vr.US or Vr.UT or Vr.UV => true,
        _ => false,
    };

    /// <summary>Whether explicit VR encoding has a 32-bit length (PS3.5 7.1.2).</summary>
    public static bool HasLongLength(this Vr vr) => vr switch
    {
        Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.SQ or Vr.SV or Vr.UC or Vr.UN or Vr.UR or Vr.UT or Vr.UV => true,
        _ => false,
    };

    /// <summary>Bytes of one binary value, which is also the unit of byte swapping; 1 for text and byte strings.</summary>
    public static int UnitSize(this Vr vr) => vr switch
    {
        Vr.US or Vr.SS or Vr.OW or Vr.AT => 2, // PS3.5 7.3: an AT is two 16-bit numbers
        Vr.UL or Vr.SL or Vr.FL or Vr.OL or Vr.OF => 4,
        Vr.FD or Vr.OD or Vr.SV or Vr.UV or Vr.OV => 8,
        _ => 1,
    };

    /// <summary>Whether the value is characters of any repertoire.</summary>
    public static bool IsString(this Vr vr) => vr is Vr.AE or Vr.AS or Vr.CS or Vr.DA or Vr.DS or Vr.DT or Vr.IS or Vr.TM or Vr.UI or Vr.UR || vr.IsText();

    /// <summary>Whether the value is encoded in Specific Character Set (PS3.5 6.1.2.3).</summary>
    public static bool IsText(this Vr vr) => vr is Vr.LO or Vr.LT or Vr.PN or Vr.SH or Vr.ST or Vr.UC or Vr.UT;

    /// <summary>Whether a backslash separates values (PS3.5 6.4).</summary>
    public static bool IsMultiValued(this Vr vr) => vr.IsString() && vr is not (Vr.LT or Vr.ST or Vr.UT or Vr.UR);

    /// <summary>The byte that pads a value to even length: NUL for UI and bytes, space for other text.</summary>
    public static byte Padding(this Vr vr) => vr.IsString() && vr != Vr.UI ? (byte)' ' : (byte)0;
}
