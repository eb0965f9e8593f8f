using System.IO.Compression;
using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Decodes the bytes of a frame.</summary>
internal delegate void FrameDecode(ReadOnlyMemory<byte> frame, Span<byte> destination);

/// <summary>Frames of pixel data in fragments (PS3.5 A.4), decoded one by one.</summary>
internal sealed class EncapsulatedFrames
{
    // RFC 1951: a match of 258 bytes costs at least two bits.
    private const int DeflateRatio = 1032;

    private readonly DicomFile file;
    private readonly FrameFragments[] frames;
    private readonly FrameDecode decode;
    private byte[] bytes = [];
    private int loaded = -1;

    /// <exception cref="PacsbinException">UnsupportedTransferSyntax if no codec decodes the transfer syntax; MalformedElement if fragments
    /// and frames contradict each other, or a frame cannot be as large as Rows and Columns say; LimitExceeded.</exception>
    public EncapsulatedFrames(DicomFile file, EncapsulatedPixelData fragments, in ImageShape stored)
    {
        this.file = file;
        var syntax = file.TransferSyntax;
        if (!syntax.IsEncapsulated)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "There are fragments where the transfer syntax allows none (PS3.5 A.4).", Tags.PixelData);
        }

        var isJpeg = JpegFrameDecoder.Decodes(syntax);
        if (!isJpeg && syntax != TransferSyntax.RleLossless && syntax != TransferSyntax.EncapsulatedUncompressed && syntax != TransferSyntax.DeflatedImageFrameCompression)
        {
            throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, $"No codec decodes {syntax}.", Tags.PixelData);
        }

        frames = FrameFragments.Group(fragments, stored.Frames, file);
        if (frames.Length != stored.Frames)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"There are no fragments for {stored.Frames} frames.", Tags.PixelData);
        }

        if (isJpeg)
        {
            var jpeg = new JpegFrameDecoder(Load(0), stored);
            (Shape, decode) = (jpeg.Shape, jpeg.Decode);
            RequireBytes(JpegFrameDecoder.MaxRatio(stored));
        }
        else if (syntax == TransferSyntax.RleLossless)
        {
            // PS3.5 G.2: every sample of every pixel has its byte; there is no subsampling.
            var full = SubsampledColors.Expanded(stored);
            Shape = PackedBits.Unpacked(full);
            decode = Unpacking(stored, (frame, destination) => RleCodec.Decode(frame.Span, full, destination));
            RequireBytes(RleCodec.MaxRatio * PixelsPerByte(stored));
        }
        else
        {
            SubsampledColors.Validate(stored, 0, Tags.PixelData);
            Shape = PackedBits.Unpacked(stored);
            var isDeflated = syntax == TransferSyntax.DeflatedImageFrameCompression;
            decode = Unpacking(stored, isDeflated ? Inflate : CopyFrame);
            RequireBytes((isDeflated ? DeflateRatio : 1) * PixelsPerByte(stored));
        }
    }

    /// <summary>What <see cref="Read"/> gives.</summary>
    public ImageShape Shape { get; }

    /// <summary>Decodes a frame; see <see cref="FrameRead"/>.</summary>
    public void Read(int frame, Span<byte> destination) => decode(Load(frame), destination);

    private static int PixelsPerByte(in ImageShape stored) => stored.BitsAllocated == 1 ? 8 : 1;

    private static FrameDecode Unpacking(ImageShape stored, FrameDecode decodePacked)
    {
        if (stored.BitsAllocated != 1)
        {
            return decodePacked;
        }

        byte[]? packed = null;
        return (frame, destination) =>
        {
            packed ??= new byte[stored.FrameBytes];
            decodePacked(frame, packed);
            PackedBits.Unpack(packed, 0, destination);
        };
    }

    private static void CopyFrame(ReadOnlyMemory<byte> frame, Span<byte> destination)
    {
        if (frame.Length < destination.Length)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The frame needs {destination.Length} bytes, its fragments have {frame.Length}.", Tags.PixelData);
        }

        frame.Span[..destination.Length].CopyTo(destination);
    }

    private static void Inflate(ReadOnlyMemory<byte> frame, Span<byte> destination)
    {
        MemoryMarshal.TryGetArray(frame, out var array);
        using var inflater = new DeflateStream(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false), CompressionMode.Decompress);
        try
        {
            if (inflater.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
            {
                throw new PacsbinException(PacsbinError.MalformedElement, "The deflate stream holds too few pixels.", Tags.PixelData);
            }
        }
        catch (InvalidDataException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The frame is no deflate stream.", Tags.PixelData, innerException: e);
        }
    }

    /// <summary>Refuses frames that no encoder makes so short, before memory is asked for the pixels.</summary>
    private void RequireBytes(int maxRatio)
    {
        if (Array.Exists(frames, f => Shape.FrameBytes / maxRatio > f.Length))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"A frame is too short to hold {Shape.FrameBytes} bytes of pixels.", Tags.PixelData);
        }
    }

    private ReadOnlyMemory<byte> Load(int frame)
    {
        var length = frames[frame].Length;
        if (length > Array.MaxLength / 2)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A compressed frame is larger than 1 GB.", Tags.PixelData);
        }

        if (loaded != frame)
        {
            loaded = -1;
            if (bytes.Length < length)
            {
                bytes = new byte[length];
            }

            frames[frame].Read(file.Source, bytes);
            loaded = frame;
        }

        return bytes.AsMemory(0, (int)length);
    }
}
