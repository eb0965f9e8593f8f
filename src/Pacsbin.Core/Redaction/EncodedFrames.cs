using System.Buffers;
using System.IO.Compression;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Redaction.Jpeg;

namespace Pacsbin.Redaction;

/// <summary>Erases compressed frames that can stay in their transfer syntax.</summary>
internal sealed class EncodedFrames(DicomFile source, ImageShape shape, Func<int, RegionMask?> maskOf)
{
    private const int FirstHeader = 64 * 1024;

    /// <summary>Whether the frames can be erased and stay as they are encoded.</summary>
    /// <param name="source">The file.</param>
    /// <param name="fragments">Of its pixels.</param>
    /// <param name="frames">As many as the image declares.</param>
    /// <exception cref="PacsbinException">MalformedElement if JPEG frames cannot be told apart.</exception>
    public static bool CanErase(DicomFile source, EncapsulatedPixelData fragments, int frames)
    {
        var syntax = source.TransferSyntax;
        if (syntax == TransferSyntax.RleLossless || syntax == TransferSyntax.EncapsulatedUncompressed || syntax == TransferSyntax.DeflatedImageFrameCompression)
        {
            return true;
        }

        return syntax.IsJpeg && FrameFragments.Group(fragments, frames, source) is [var first, ..] && CanErase(first, source.Source);
    }

    private static bool CanErase(FrameFragments frame, DicomSource source)
    {
        // The marker that tells the process of a JPEG frame comes before its pixels, but behind any length of application data.
        for (long length = FirstHeader; frame.Length <= Array.MaxLength / 2; length *= 4)
        {
            var header = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, frame.Length));
            try
            {
                var start = header.AsSpan(0, (int)Math.Min(length, frame.Length));
                frame.Read(source, start);
                if (JpegEraser.CanErase(start) is { } can)
                {
                    return can;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(header);
            }

            if (length >= frame.Length)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Writes all frames anew; those without a region are only cleaned.</summary>
    public RewrittenFrames Rewrite(EncapsulatedPixelData fragments, CancellationToken cancellationToken = default)
    {
        var clean = FrameCleaner.For(source.TransferSyntax, shape)!;
        var erase = source.TransferSyntax.IsJpeg ? Jpeg() : Decoding();
        var frames = FrameFragments.Group(fragments, shape.Frames, source);
        return new RewrittenFrames(fragments.OffsetTable.Length > 0, frames, source.Source, (index, frame, output) =>
        {
            if (maskOf(index) is { } mask)
            {
                erase(index, frame, mask, output);
                return true;
            }

            return clean(index, frame, output);
        }, cancellationToken);
    }

    /// <summary>Erases blocks of JPEG without decoding them; frames with the same regions share the map of blocks.</summary>
    private FrameErase Jpeg()
    {
        var erasures = new Dictionary<RegionMask, JpegErasure>();
        return (_, frame, mask, output) =>
        {
            if (!erasures.TryGetValue(mask, out var erasure))
            {
                erasure = new JpegErasure(shape.Columns, shape.Rows, shape.Photometric, mask);
                erasures.Add(mask, erasure);
            }

            JpegEraser.Erase(frame, erasure, output);
        };
    }

    /// <summary>Decodes, erases and encodes again, without loss.</summary>
    private FrameErase Decoding()
    {
        var reader = FrameReader.Open(source)!;
        var eraser = new NativeEraser(reader.Shape, PixelFill.Of(reader.Shape, source));
        var pixels = new byte[reader.FrameLength];
        return (index, _, mask, output) =>
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

    private delegate void FrameErase(int index, ReadOnlySpan<byte> frame, RegionMask mask, ArrayBufferWriter<byte> output);
}
