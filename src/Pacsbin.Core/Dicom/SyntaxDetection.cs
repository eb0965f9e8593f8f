using System.Buffers.Binary;

namespace Pacsbin.Dicom;

/// <summary>Tells from a data set's first bytes which of the three uncompressed encodings it has.</summary>
internal static class SyntaxDetection
{
    /// <summary>The declared syntax's encoding if the bytes agree with it, else one with which they do; null if there is none.</summary>
    /// <param name="start">The first 8 to 16 bytes of the data set.</param>
    /// <param name="declared">What the file meta group says, if anything.</param>
    /// <param name="remaining">The bytes from here to the end of the source.</param>
    public static TransferSyntax? Detect(ReadOnlySpan<byte> start, TransferSyntax? declared, long remaining)
    {
        if (start.Length < 8)
        {
            return null;
        }

        if (declared is not null && Fits(start, declared, remaining))
        {
            return declared;
        }

        ReadOnlySpan<TransferSyntax> candidates =
            [TransferSyntax.ExplicitVrLittleEndian, TransferSyntax.ImplicitVrLittleEndian, TransferSyntax.ExplicitVrBigEndian];
        foreach (var candidate in candidates)
        {
            if (IsLikelyFirst(start, candidate) && Fits(start, candidate, remaining))
            {
                return candidate;
            }
        }

        // With a declared syntax the reader's own error says more than a guess that failed.
        return declared;
    }

    private static bool Fits(ReadOnlySpan<byte> start, TransferSyntax syntax, long remaining)
    {
        var vr = (Vr)BinaryPrimitives.ReadUInt16LittleEndian(start[4..]);
        if (syntax.IsExplicitVr)
        {
            var group = syntax.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(start) : BinaryPrimitives.ReadUInt16LittleEndian(start);
            return vr.IsDefined() && group is > 0 and < 0x0100;
        }

        // A length that spells a VR would be 16 MB or more in a first element.
        var length = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        return !vr.IsDefined() && (length == 0xFFFFFFFF || length <= remaining - 8);
    }

    private static bool IsLikelyFirst(ReadOnlySpan<byte> start, TransferSyntax syntax)
    {
        var tag = syntax.IsBigEndian
            ? new Tag(BinaryPrimitives.ReadUInt16BigEndian(start), BinaryPrimitives.ReadUInt16BigEndian(start[2..]))
            : new Tag(BinaryPrimitives.ReadUInt16LittleEndian(start), BinaryPrimitives.ReadUInt16LittleEndian(start[2..]));
        return tag.Group is 0x0004 or 0x0008 or 0x0010 or 0x0018 or 0x0020 && (tag.IsGroupLength || DicomDictionary.IndexOf(tag) >= 0);
    }
}
