using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Deidentification;

/// <summary>Keeps the pixels of an instance and nothing else that their element may hold.</summary>
internal static class PixelElements
{
    /// <summary>Whether an element is Pixel Data in one of its forms, or belongs to it.</summary>
    public static bool IsPixelData(Tag tag) => tag.Group == 0x7FE0;

    /// <summary>Adds an element of group 7FE0 to the result, cleaned; not so compressed pixels that are to be erased, which are written anew anyway.</summary>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax if text cannot be ruled out, MalformedElement if the frames cannot be told apart.</exception>
    public static void Keep(in DicomElement element, DicomFile source, ProfileOptions options, FindingLog findings, DicomDataset to, bool erasesPixels, CancellationToken cancellationToken)
    {
        if (element.Tag == Tags.ExtendedOffsetTable || element.Tag == Tags.ExtendedOffsetTableLengths || element.Tag == Tags.EncapsulatedPixelDataValueTotalLength)
        {
            return; // made anew with Pixel Data, which they describe
        }

        if (element.Fragments is { } fragments)
        {
            KeepFragments(element, fragments, source, options, findings, to, erasesPixels, cancellationToken);
        }
        else if (source.TransferSyntax.IsEncapsulated && source.TransferSyntax.IsStandard && !element.IsEmpty && element.Tag == Tags.PixelData)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The transfer syntax asks for fragments (PS3.5 A.4), the pixel data is in one piece.", element.Tag);
        }
        else
        {
            KeepNative(element, source, options, findings, to);
        }
    }

    private static void KeepNative(in DicomElement element, DicomFile source, ProfileOptions options, FindingLog findings, DicomDataset to)
    {
        var length = element.Range?.Length ?? element.Value.Length;
        if (!ImageShape.TryRead(source.Dataset, element.Tag, out var shape))
        {
            if (element.Tag != Tags.PixelData)
            {
                findings.Note(FindingKind.PixelBytesDropped, element.Tag); // numbers without an image show nothing, but may spell something
                return;
            }

            if (length > 0)
            {
                throw new PacsbinException(PacsbinError.MalformedElement, "The pixel data has no Rows, Columns or Bits Allocated to say where it ends.", element.Tag);
            }

            return;
        }

        // One byte more than the frames is the padding of PS3.5 8.1.1.
        var kept = Math.Min(length, shape.TotalBytes + (shape.TotalBytes & 1));
        if (kept < length)
        {
            findings.Note(FindingKind.PixelBytesDropped, element.Tag);
        }

        var mask = UnusedBits.For(shape, source, options);
        if (element.Range is { } range)
        {
            to.Append(new DicomElement(element.Tag, element.Vr, mask is null ? new FileRange(range.Offset, kept) : new MaskedRange(new FileRange(range.Offset, kept), mask)));
            return;
        }

        var value = element.Value[..(int)kept];
        if (mask is not null)
        {
            value = value.ToArray();
            mask.Clear(System.Runtime.InteropServices.MemoryMarshal.AsMemory(value).Span, bigEndian: source.TransferSyntax.IsBigEndian && element.Vr != Vr.OW);
        }

        to.Append(new DicomElement(element.Tag, element.Vr, value));
    }

    private static void KeepFragments(in DicomElement element, EncapsulatedPixelData fragments, DicomFile source, ProfileOptions options, FindingLog findings, DicomDataset to, bool erasesPixels, CancellationToken cancellationToken)
    {
        var syntax = source.TransferSyntax;
        if (element.Tag != Tags.PixelData || !syntax.IsEncapsulated)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "There are fragments where the transfer syntax allows none (PS3.5 A.4).", element.Tag);
        }

        if (!ImageShape.TryRead(source.Dataset, element.Tag, out var shape))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The pixel data has no Rows, Columns or Bits Allocated.", element.Tag);
        }

        if (UnusedBits.For(shape, source, options) is not null)
        {
            if (UnusedBits.AreDeclared(source.Dataset))
            {
                throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, "An overlay is in the unused bits of compressed pixel data.", element.Tag);
            }

            findings.Note(FindingKind.BurnedInSuspected, element.Tag, "The unused bits of compressed pixels can hold an overlay, and were not cleared.");
        }

        if (erasesPixels)
        {
            return;
        }

        var clean = FrameCleaner.For(syntax, shape)
            ?? throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, $"Text inside {syntax} cannot be ruled out.", element.Tag);
        var frames = FrameFragments.Group(fragments, shape.Frames, source);
        var cleaned = new RewrittenFrames(fragments.OffsetTable.Length > 0, frames, source.Source, clean, cancellationToken);
        if (cleaned.HasChanged)
        {
            findings.Note(FindingKind.CodestreamTextRemoved, element.Tag);
        }

        cleaned.AddTo(to, element, source.Dataset);
    }
}
