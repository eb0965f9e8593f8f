namespace Pacsbin.Dicom;

/// <summary>How a data set is encoded (PS3.5 section 10 and Annex A).</summary>
/// <param name="Uid">The transfer syntax UID.</param>
/// <param name="IsExplicitVr">Whether elements carry their VR.</param>
/// <param name="IsBigEndian">Whether numbers are big-endian (retired in 2006).</param>
/// <param name="IsDeflated">Whether the data set after the file meta group is a deflate stream.</param>
/// <param name="IsEncapsulated">Whether pixel data comes in fragments.</param>
public sealed record TransferSyntax(string Uid, bool IsExplicitVr = true, bool IsBigEndian = false, bool IsDeflated = false, bool IsEncapsulated = false)
{
    public static readonly TransferSyntax ImplicitVrLittleEndian = new("1.2.840.10008.1.2", IsExplicitVr: false);
    public static readonly TransferSyntax ExplicitVrLittleEndian = new("1.2.840.10008.1.2.1");
    public static readonly TransferSyntax ExplicitVrBigEndian = new("1.2.840.10008.1.2.2", IsBigEndian: true);
    public static readonly TransferSyntax DeflatedExplicitVrLittleEndian = new("1.2.840.10008.1.2.1.99", IsDeflated: true);
    public static readonly TransferSyntax EncapsulatedUncompressed = new("1.2.840.10008.1.2.1.98", IsEncapsulated: true);
    public static readonly TransferSyntax RleLossless = new("1.2.840.10008.1.2.5", IsEncapsulated: true);
    public static readonly TransferSyntax JpipReferenced = new("1.2.840.10008.1.2.4.94");
    public static readonly TransferSyntax JpipReferencedDeflate = new("1.2.840.10008.1.2.4.95", IsDeflated: true);
    public static readonly TransferSyntax JpipHtj2kReferenced = new("1.2.840.10008.1.2.4.204");
    public static readonly TransferSyntax JpipHtj2kReferencedDeflate = new("1.2.840.10008.1.2.4.205", IsDeflated: true);
    public static readonly TransferSyntax DeflatedImageFrameCompression = new("1.2.840.10008.1.2.8.1", IsEncapsulated: true);

    /// <summary>The syntaxes whose data set is not Explicit VR Little Endian with fragments; the rest of 1.2.840.10008.1.2 is.</summary>
    private static readonly Dictionary<string, TransferSyntax> Known = new[]
    {
        ImplicitVrLittleEndian, ExplicitVrLittleEndian, ExplicitVrBigEndian, DeflatedExplicitVrLittleEndian, EncapsulatedUncompressed,
        RleLossless, JpipReferenced, JpipReferencedDeflate, JpipHtj2kReferenced, JpipHtj2kReferencedDeflate, DeflatedImageFrameCompression,
    }.ToDictionary(s => s.Uid);

    /// <summary>Whether PS3.6 lists this UID as a transfer syntax.</summary>
    public bool IsStandard => WellKnownUids.IsTransferSyntax(Uid);

    /// <summary>JPEG and JPEG-LS: marker segments of ITU-T T.81 and T.87.</summary>
    public bool IsJpeg => Uid.StartsWith("1.2.840.10008.1.2.4.", StringComparison.Ordinal)
        && int.TryParse(Uid.AsSpan(20), out var process) && process is >= 50 and <= 81;

    /// <summary>JPEG whose process has no loss: T.81 processes 14, 15, 28 and 29.</summary>
    public bool IsLosslessJpeg => IsJpeg && int.Parse(Uid.AsSpan(20), System.Globalization.CultureInfo.InvariantCulture) is 57 or 58 or 65 or 66 or 70;

    /// <summary>JPEG 2000 and HTJ2K: codestreams of ITU-T T.800 and T.814.</summary>
    public bool IsJpeg2000 => Uid.StartsWith("1.2.840.10008.1.2.4.", StringComparison.Ordinal)
        && int.TryParse(Uid.AsSpan(20), out var process) && process is (>= 90 and <= 93) or (>= 201 and <= 203);

    /// <summary>Whether the pixels are kept by a JPIP provider instead of in the file.</summary>
    public bool IsJpip => this == JpipReferenced || this == JpipReferencedDeflate || this == JpipHtj2kReferenced || this == JpipHtj2kReferencedDeflate;

    /// <summary>The syntax with a UID; a UID that is not known is read as Explicit VR Little Endian with fragments (PS3.5 A.4).</summary>
    public static TransferSyntax FromUid(string uid) =>
        Known.TryGetValue(uid, out var syntax) ? syntax : new TransferSyntax(uid, IsEncapsulated: true);

    /// <summary>The name that PS3.6 gives the syntax; a UID that it does not list may say anything, and is not shown.</summary>
    public override string ToString() => WellKnownUids.NameOf(Uid) ?? "a transfer syntax that is not in PS3.6";
}
