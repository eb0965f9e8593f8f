using System.Buffers;
using System.IO.Compression;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Removes everything from a frame of Deflated Image Frame Compression (1.2.840.10008.1.2.8.1) that is not inflated into pixels.</summary>
internal static class DeflatedFrame
{
    // RFC 1951: a match of 258 bytes costs at least two bits.
    private const long MaxRatio = 1032;

    private const int BufferLength = 81920;

    /// <summary>Inflates a frame's pixels and deflates them again, in bounded memory.</summary>
    /// <param name="frame">One whole frame, a raw deflate stream; bytes after it are allowed.</param>
    /// <param name="frameBytes">The bytes that the frame's pixels take when they are not compressed.</param>
    /// <param name="destination">Takes the deflate stream; stays open, and is to be discarded after an exception.</param>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.MalformedElement"/>: no deflate stream, or fewer pixels.</exception>
    public static void Clean(ReadOnlySpan<byte> frame, long frameBytes, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (frameBytes < 0 || frameBytes / MaxRatio > frame.Length)
        {
            throw FrameError.Malformed($"The frame cannot hold {frameBytes} bytes of pixels", frame.Length);
        }

        var source = ArrayPool<byte>.Shared.Rent(frame.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            frame.CopyTo(source);
            using var inflater = new DeflateStream(new MemoryStream(source, 0, frame.Length, writable: false), CompressionMode.Decompress);
            using var deflater = new DeflateStream(destination, CompressionLevel.SmallestSize, leaveOpen: true);
            for (var remaining = frameBytes; remaining > 0;)
            {
                var read = Inflate(inflater, buffer.AsSpan(0, (int)Math.Min(remaining, buffer.Length)));
                deflater.Write(buffer, 0, read);
                remaining -= read;
            }
        }
        finally
        {
            // Pixels of one patient must not be found in another's buffer.
            ArrayPool<byte>.Shared.Return(source, clearArray: true);
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static int Inflate(DeflateStream inflater, Span<byte> buffer)
    {
        try
        {
            var read = inflater.Read(buffer);
            return read > 0 ? read : throw FrameError.Malformed("The deflate stream holds too few pixels", 0);
        }
        catch (InvalidDataException)
        {
            throw FrameError.Malformed("The frame is no deflate stream", 0);
        }
    }
}
