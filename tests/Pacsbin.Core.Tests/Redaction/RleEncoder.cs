using System.Buffers.Binary;

namespace Pacsbin.Tests.Redaction;

/// <summary>Encodes RLE frames (PS3.5 Annex G) in literal runs only, told apart from the product's encoder.</summary>
internal static class RleEncoder
{
    /// <param name="frame">Little-endian cells; single bits are packed.</param>
    /// <param name="samples">Samples of a pixel.</param>
    /// <param name="cellBytes">Bytes of a sample.</param>
    /// <param name="isPlanar">Whether the samples lie plane by plane.</param>
    public static byte[] Encode(byte[] frame, int samples, int cellBytes, bool isPlanar)
    {
        var pixels = frame.Length / samples / cellBytes;
        var header = new byte[64];
        List<byte> segments = [];
        BinaryPrimitives.WriteInt32LittleEndian(header, samples * cellBytes);
        for (var segment = 0; segment < samples * cellBytes; segment++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 + (4 * segment)), 64 + segments.Count);
            var (sample, place) = (segment / cellBytes, cellBytes - 1 - (segment % cellBytes));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                if (pixel % 128 == 0)
                {
                    segments.Add((byte)(Math.Min(128, pixels - pixel) - 1));
                }

                var cell = isPlanar ? (sample * pixels) + pixel : (pixel * samples) + sample;
                segments.Add(frame[(cell * cellBytes) + place]);
            }

            if (segments.Count % 2 != 0)
            {
                segments.Add(0);
            }
        }

        return [.. header, .. segments];
    }
}
