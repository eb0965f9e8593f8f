using System.Buffers;
using Pacsbin.Dicom;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging;

/// <summary>Copies compressed frames without what is not pixels.</summary>
internal static class FrameCleaner
{
    private delegate int SpanCleaner(ReadOnlySpan<byte> frame, Span<byte> destination, out bool removed);

    /// <summary>The cleaner of a transfer syntax; null if text inside its frames cannot be ruled out.</summary>
    public static FrameRewriter? For(TransferSyntax syntax, ImageShape shape)
    {
        if (syntax.IsJpeg)
        {
            return Rewriter(JpegCodestream.Clean, JpegCodestream.MaxGrowth);
        }

        if (syntax.IsJpeg2000)
        {
            return Rewriter(Jpeg2000Codestream.Clean, Jpeg2000Codestream.MaxGrowth);
        }

        if (syntax == TransferSyntax.RleLossless)
        {
            return Rewriter(
                (ReadOnlySpan<byte> frame, Span<byte> destination, out bool removed) => RleFrame.Clean(frame, shape.RleSegments, shape.RleSegmentBytes, destination, out removed),
                RleFrame.MaxGrowth);
        }

        if (syntax == TransferSyntax.EncapsulatedUncompressed)
        {
            return (_, frame, output) =>
            {
                var kept = (int)Math.Min(frame.Length, shape.FrameBytes);
                output.Write(frame[..kept]);
                return frame.Length - kept > 1;
            };
        }

        return syntax == TransferSyntax.DeflatedImageFrameCompression
            ? (_, frame, output) =>
            {
                using var stream = new MemoryStream();
                DeflatedFrame.Clean(frame, shape.FrameBytes, stream);
                output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
                return false; // deflating again changes bytes, and says nothing
            }
            : null;
    }

    private static FrameRewriter Rewriter(SpanCleaner clean, int growth) => (_, frame, output) =>
    {
        output.Advance(clean(frame, output.GetSpan(frame.Length + growth), out var removed));
        return removed;
    };
}
