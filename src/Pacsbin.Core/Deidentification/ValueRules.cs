using System.Buffers;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>Whether a value that stays is what its VR says (PS3.5 6.2): a name in a number is a name, not a number.</summary>
internal static class ValueRules
{
    private static readonly SearchValues<byte> Decimal = SearchValues.Create("0123456789+-.eE \0\\"u8);
    private static readonly SearchValues<byte> Integer = SearchValues.Create("0123456789+-. \0\\"u8);
    private static readonly SearchValues<byte> Uid = SearchValues.Create("0123456789. \0\\"u8);

    // Lower case and the marks that vendors put into image types are tolerated, whole sentences are not.
    private static readonly SearchValues<byte> Code = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ -+./\0\\"u8);

    public static bool IsLegal(Vr vr, ReadOnlySpan<byte> value) => vr switch
    {
        Vr.DS => !value.ContainsAnyExcept(Decimal),
        Vr.IS => !value.ContainsAnyExcept(Integer),
        Vr.UI => !value.ContainsAnyExcept(Uid),
        Vr.CS => !value.ContainsAnyExcept(Code),
        Vr.AS => AreAges(value),
        Vr.AT => value.Length % 4 == 0,
        Vr.US or Vr.SS or Vr.OW or Vr.UL or Vr.SL or Vr.FL or Vr.OL or Vr.OF or Vr.FD or Vr.OD or Vr.SV or Vr.UV or Vr.OV =>
            value.Length % vr.UnitSize() == 0,
        _ => true,
    };

    /// <summary>Whether a file's VR can stand for the dictionary's: the same kind of value, if perhaps by another name.</summary>
    public static bool IsCompatible(Vr actual, Vr expected) =>
        actual == expected
        || (actual.IsString() && expected.IsString())
        || (IsBytes(actual) && IsBytes(expected))
        || (actual is Vr.US or Vr.SS && expected is Vr.US or Vr.SS or Vr.OW)
        || (actual is Vr.UL or Vr.SL or Vr.UV or Vr.SV && expected is Vr.UL or Vr.SL or Vr.US or Vr.SS or Vr.UV or Vr.SV)
        || (actual is Vr.OB or Vr.OW && expected is Vr.US or Vr.SS or Vr.OB or Vr.OW);

    private static bool IsBytes(Vr vr) => vr is Vr.OB or Vr.OW or Vr.OD or Vr.OF or Vr.OL or Vr.OV;

    private static bool AreAges(ReadOnlySpan<byte> value)
    {
        foreach (var part in value.Split((byte)'\\'))
        {
            var age = value[part].Trim(" \0"u8);
            if (!age.IsEmpty && (age.Length > 4 || age[..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9') || age[^1] is not ((byte)'D' or (byte)'W' or (byte)'M' or (byte)'Y')))
            {
                return false;
            }
        }

        return true;
    }
}
