using System.Buffers;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Erases pixels of sequential 8 bit Huffman JPEG frames (T.81 SOF0 and SOF1) without decoding them.</summary>
internal static class JpegEraser
{
    /// <summary>Whether a frame is of the kind that <see cref="Erase"/> takes; if not, it has to be decoded. Null if no header can be read: there may be more bytes.</summary>
    /// <param name="frame">The start of a frame.</param>
    public static bool? CanErase(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new JpegSegmentReader(frame);
            while (true)
            {
                var marker = reader.Read();
                if (JpegMarker.IsStartOfFrame(marker) || marker is JpegMarker.EndOfImage or JpegMarker.DefineHierarchicalProgression)
                {
                    return IsSequential8(marker, reader.Contents);
                }
            }
        }
        catch (PacsbinException)
        {
            return null;
        }
    }

    /// <summary>Appends the frame with a constant in place of every MCU that holds an erased pixel; other blocks keep their coefficients,
    /// and nothing else of the frame stays but what decoding needs.</summary>
    /// <param name="frame">One whole frame; bytes after it are dropped.</param>
    /// <param name="erasure">What is erased, for frames of this size.</param>
    /// <param name="output">Written to once the whole frame has been read without an error.</param>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.Truncated"/>: the frame ends before its last block;
    /// <see cref="PacsbinError.MalformedElement"/>: the frame contradicts T.81, or its size is not the image's;
    /// <see cref="PacsbinError.UnsupportedTransferSyntax"/>: another kind of JPEG, neither one nor three components, or lines told by DNL.</exception>
    public static void Erase(ReadOnlySpan<byte> frame, JpegErasure erasure, IBufferWriter<byte> output)
    {
        if (frame.Length > Array.MaxLength / 2)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A compressed frame is larger than 1 GB.");
        }

        using var result = new JpegRewriter(frame.Length, erasure);
        var reader = new JpegSegmentReader(frame);
        while (!result.IsComplete)
        {
            if (reader.Read() == JpegMarker.EndOfImage)
            {
                throw FrameError.Malformed("The JPEG frame ends before all components are scanned", reader.Position);
            }

            result.Add(ref reader);
        }

        result.CopyTo(output);
    }

    /// <summary>Whether a segment is the header of a sequential 8 bit Huffman frame.</summary>
    public static bool IsSequential8(byte marker, ReadOnlySpan<byte> contents) => marker is 0xC0 or 0xC1 && contents[0] == 8;
}
