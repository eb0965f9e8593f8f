using System.Buffers.Binary;
using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Tests.Imaging;

/// <summary>All frames of a file, color by pixel and without subsampling, as other programs give them.</summary>
internal sealed record DecodedFile(PhotometricInterpretation Photometric, int CellBytes, byte[] Samples)
{
    /// <summary>Decodes a file; null if it has no pixel data.</summary>
    public static DecodedFile? TryRead(string path)
    {
        using var file = DicomFile.Open(path);
        return TryRead(file);
    }

    public static DecodedFile? TryRead(DicomFile file)
    {
        if (FrameReader.Open(file) is not { } reader)
        {
            return null;
        }

        var shape = SubsampledColors.Expanded(reader.Shape);
        var samples = new byte[shape.FrameBytes * shape.Frames];
        var frame = new byte[reader.FrameLength];
        for (var i = 0; i < reader.Frames; i++)
        {
            reader.Read(i, frame);
            var to = samples.AsSpan((int)(i * shape.FrameBytes), (int)shape.FrameBytes);
            if (reader.Shape.IsSubsampled)
            {
                SubsampledColors.Expand(frame, to);
            }
            else
            {
                Interleave(frame, shape, to);
            }
        }

        return new DecodedFile(shape.Photometric, shape.BitsAllocated / 8, samples);
    }

    /// <summary>The largest difference of a cell.</summary>
    public long Difference(ReadOnlySpan<byte> other)
    {
        if (other.Length != Samples.Length)
        {
            return long.MaxValue;
        }

        if (other.SequenceEqual(Samples))
        {
            return 0;
        }

        long largest = 0;
        for (var i = 0; i < Samples.Length; i += CellBytes)
        {
            largest = Math.Max(largest, Math.Abs(Cell(Samples.AsSpan(i)) - Cell(other[i..])));
        }

        return largest;
    }

    private long Cell(ReadOnlySpan<byte> bytes) => CellBytes switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    private static void Interleave(ReadOnlySpan<byte> frame, in ImageShape shape, Span<byte> to)
    {
        if (!shape.IsPlanar)
        {
            frame.CopyTo(to);
            return;
        }

        var cell = shape.BitsAllocated / 8;
        var pixels = shape.Rows * shape.Columns;
        for (var sample = 0; sample < shape.Samples; sample++)
        {
            for (var i = 0; i < pixels; i++)
            {
                frame.Slice(((sample * pixels) + i) * cell, cell).CopyTo(to[(((i * shape.Samples) + sample) * cell)..]);
            }
        }
    }
}
