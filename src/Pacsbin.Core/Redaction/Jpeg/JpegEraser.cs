using System.Buffers;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Erases pixels of sequential 8 bit Huffman JPEG frames (T.81 SOF0 and SOF1) without decoding them.</summary>
internal static class JpegEraser
{
    /// <summary>Whether a frame is of the kind that <see cref="Erase"/> takes; if not, it has to be decoded.</summary>
    public static bool CanErase(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new MarkerReader(frame);
            reader.ExpectStart();
            while (true)
            {
                var marker = reader.ReadMarker();
                var contents = reader.ReadSegment();
                if (JpegMarker.IsStartOfFrame(marker) || marker is JpegMarker.StartOfScan or JpegMarker.DefineHierarchicalProgression)
                {
                    return FrameHeader.IsSupported(marker, contents);
                }
            }
        }
        catch (PacsbinException)
        {
            return false;
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
        var reader = new MarkerReader(frame);
        reader.ExpectStart();
        while (!result.IsComplete)
        {
            var marker = reader.ReadMarker();
            if (marker == JpegMarker.EndOfImage)
            {
                throw FrameError.Malformed("The JPEG frame ends before all components are scanned", reader.Position);
            }

            result.Add(marker, ref reader);
        }

        result.CopyTo(output);
    }
}
