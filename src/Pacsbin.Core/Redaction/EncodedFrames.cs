using System.Buffers;
using System.IO.Compression;
using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Erases compressed frames that can stay in their transfer syntax.</summary>
internal sealed class EncodedFrames(DicomFile source, ImageShape shape, Func<int, RegionMask?> maskOf)
{
    /// <summary>Whether the frames can be erased and stay as they are encoded.</summary>
    public static bool CanErase(DicomFile source, EncapsulatedPixelData fragments)
    {
        var syntax = source.TransferSyntax;
        if (syntax == TransferSyntax.RleLossless || syntax == TransferSyntax.EncapsulatedUncompressed || syntax == TransferSyntax.DeflatedImageFrameCompression)
        {
            return true;
        }

        return false;
    }

    /// <summary>Writes all frames anew; those without a region are only cleaned.</summary>
    public RewrittenFrames Rewrite(EncapsulatedPixelData fragments)
    {
        var clean = FrameCleaner.For(source.TransferSyntax, shape)!;
        var erase = Decoding();
        var frames = FrameFragments.Group(fragments, shape.Frames, source);
        return new RewrittenFrames(fragments.OffsetTable.Length > 0, frames, source.Source, (index, frame, output) =>
        {
            if (maskOf(index) is { } mask)
            {
                erase(index, mask, output);
                return true;
            }

            return clean(index, frame, output);
        });
    }

    /// <summary>Decodes, erases and encodes again, without loss.</summary>
    private Action<int, RegionMask, ArrayBufferWriter<byte>> Decoding()
    {
        var reader = FrameReader.Open(source)!;
        var eraser = new NativeEraser(reader.Shape, PixelFill.Of(reader.Shape, source.Dataset));
        var pixels = new byte[reader.FrameLength];
        return (index, mask, output) =>
        {
            reader.Read(index, pixels);
            eraser.Erase(pixels, mask);
            Encode(pixels, output);
        };
    }

    private void Encode(byte[] pixels, ArrayBufferWriter<byte> output)
    {
        var stored = pixels;
        if (shape.BitsAllocated == 1)
        {
            stored = new byte[shape.FrameBytes];
            PackedBits.Pack(pixels, 0, stored);
        }

        if (source.TransferSyntax == TransferSyntax.RleLossless)
        {
            RleCodec.Encode(stored, SubsampledColors.Expanded(shape), output);
        }
        else if (source.TransferSyntax == TransferSyntax.DeflatedImageFrameCompression)
        {
            using var stream = new MemoryStream();
            using (var deflater = new DeflateStream(stream, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                deflater.Write(stored);
            }

            output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        }
        else
        {
            output.Write(stored);
        }
    }
}
