using System.Buffers.Binary;

namespace Pacsbin.Dicom;

/// <summary>Reads element headers: tag, VR and length (PS3.5 section 7.1).</summary>
internal sealed class HeaderReader(DicomSource source, ReadBuffer buffer, FindingLog findings)
{
    /// <summary>Whether headers carry a VR; else the data dictionary says it.</summary>
    public bool IsExplicitVr { get; set; } = true;

    /// <summary>Reads the next element's header, of which 8 bytes are available.</summary>
    /// <param name="dataset">The data set that the element belongs to, as far as it has been read.</param>
    /// <param name="end">Where the data set ends.</param>
    public (Tag Tag, Vr Vr, uint Length) Read(DicomDataset dataset, long end)
    {
        var tag = buffer.PeekTag();
        if (!IsExplicitVr)
        {
            var implicitLength = buffer.PeekUInt32(4);
            buffer.Skip(8);
            return (tag, ImplicitVr(tag, dataset), implicitLength);
        }

        var vr = VrIn(buffer.Peek(8));
        if (!vr.IsDefined())
        {
            return ReadUnknownVrHeader(tag, dataset, end);
        }

        if (!vr.HasLongLength())
        {
            var length = buffer.PeekUInt16(6);
            buffer.Skip(8);
            return (tag, vr, length);
        }

        if (!buffer.Ensure(12))
        {
            throw new PacsbinException(PacsbinError.Truncated, "The file ends inside an element header.", tag, buffer.Offset);
        }

        var longLength = buffer.PeekUInt32(8);
        buffer.Skip(12);
        return (tag, vr, longLength);
    }

    /// <summary>Finds which form of header a VR that PS3.5 does not define has, by where the next element is.</summary>
    private (Tag Tag, Vr Vr, uint Length) ReadUnknownVrHeader(Tag tag, DicomDataset dataset, long end)
    {
        var start = buffer.Offset;
        var canBeLong = buffer.Ensure(12) && buffer.PeekUInt16(6) == 0;
        var meant = VrIn(buffer.Peek(8)) & (Vr)0xDFDF; // in capitals
        var vr = meant.IsDefined() && meant != Vr.SQ ? meant : ImplicitVr(tag, dataset);
        Span<(int Header, uint Length)> forms =
        [
            (8, buffer.PeekUInt16(6)),
            (12, canBeLong ? buffer.PeekUInt32(8) : DicomReader.UndefinedLength),
            (8, buffer.PeekUInt32(4)),
        ];
        foreach (var (size, length) in forms)
        {
            if (IsElementAt(start + size + length, tag, end))
            {
                buffer.Skip(size);
                findings.Note(FindingKind.UnknownVr, tag);
                return (tag, vr == Vr.SQ ? Vr.UN : vr, length);
            }
        }

        throw new PacsbinException(PacsbinError.MalformedElement, "The VR is none of PS3.5 6.2, and no length leads to a next element.", tag, start);
    }

    private static Vr VrIn(ReadOnlySpan<byte> header) => (Vr)BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);

    private bool IsElementAt(long offset, Tag after, long end)
    {
        if (offset == Math.Min(end, source.Length))
        {
            return true;
        }

        Span<byte> next = stackalloc byte[6];
        if (offset > Math.Min(end, source.Length) - 8 || source.Read(offset, next) < 6)
        {
            return false;
        }

        var tag = buffer.TagIn(next);
        return tag == Tags.ItemDelimitation
            || (tag > after && tag.Group - after.Group < 0x1000 && VrIn(next).IsDefined());
    }

    private static Vr ImplicitVr(Tag tag, DicomDataset dataset)
    {
        if (tag.IsGroupLength)
        {
            return Vr.UL;
        }

        if (tag.IsPrivate)
        {
            return tag.IsPrivateCreator ? Vr.LO : Vr.UN;
        }

        var index = DicomDictionary.IndexOf(tag);
        return index < 0 ? Vr.UN : DicomDictionary.VrAt(index) switch
        {
            Vr.US when DicomDictionary.IsAmbiguousAt(index) => AmbiguousVr(dataset),
            Vr.OB when DicomDictionary.IsAmbiguousAt(index) => Vr.OW, // PS3.5 A.1: OW in implicit VR
            var vr => vr,
        };
    }

    /// <summary>US or SS, by the Pixel Representation of this or an enclosing data set (PS3.5 6.2).</summary>
    private static Vr AmbiguousVr(DicomDataset dataset)
    {
        for (var at = dataset; at is not null; at = at.Parent)
        {
            if (at.HasSignedPixels is { } isSigned)
            {
                return isSigned ? Vr.SS : Vr.US;
            }
        }

        return Vr.US;
    }
}
