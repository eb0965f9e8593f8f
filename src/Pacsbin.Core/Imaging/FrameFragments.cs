using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>The fragments that make one frame.</summary>
internal sealed class FrameFragments(ReadOnlyMemory<FileRange> ranges)
{
    /// <summary>The frame's bytes, with the padding of its fragments.</summary>
    public long Length { get; } = Sum(ranges.Span);

    /// <summary>Finds which fragments make which frame (PS3.5 A.4): one each, all, or by an offset table, or by where codestreams begin.</summary>
    /// <exception cref="PacsbinException">MalformedElement if none of these gives the number of frames.</exception>
    public static FrameFragments[] Group(EncapsulatedPixelData fragments, int frames, DicomFile source)
    {
        var ranges = new FileRange[fragments.Count];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = fragments[i];
        }

        var filled = Array.FindAll(ranges, r => r.Length > 0);
        if (filled.Length == 0)
        {
            return [];
        }

        if (frames == 1)
        {
            return [new FrameFragments(filled)];
        }

        if (filled.Length == frames)
        {
            return Array.ConvertAll(filled, r => new FrameFragments(new[] { r }));
        }

        return ByOffsets(ranges, fragments.OffsetTable, frames)
            ?? ByOffsets(ranges, ExtendedOffsets(source), frames)
            ?? ByCodestreams(filled, frames, source.Source)
            ?? throw new PacsbinException(PacsbinError.MalformedElement, $"{ranges.Length} fragments cannot be assigned to {frames} frames.", Tags.PixelData);
    }

    /// <summary>Reads the frame, or as much of it as the buffer holds.</summary>
    public void Read(DicomSource source, Span<byte> buffer)
    {
        foreach (var range in ranges.Span)
        {
            var length = (int)Math.Min(range.Length, buffer.Length);
            source.ReadExactly(range.Offset, buffer[..length]);
            buffer = buffer[length..];
        }
    }

    private static FrameFragments[]? ByOffsets(FileRange[] ranges, ReadOnlySpan<uint> offsets, int frames)
    {
        if (offsets.Length != frames)
        {
            return null;
        }

        List<int> starts = [];
        long offset = 0;
        for (var i = 0; i < ranges.Length; i++)
        {
            if (starts.Count < frames && offset == offsets[starts.Count])
            {
                starts.Add(i);
            }

            offset += 8 + ranges[i].Length + (ranges[i].Length & 1);
        }

        return starts.Count == frames && starts[0] == 0 ? Cut(ranges, starts) : null;
    }

    private static uint[] ExtendedOffsets(DicomFile source)
    {
        if (!source.Dataset.TryGet(Tags.ExtendedOffsetTable, out var table))
        {
            return [];
        }

        var value = table.Value.Span;
        var offsets = new uint[value.Length / 8];
        for (var i = 0; i < offsets.Length; i++)
        {
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(value[(8 * i)..]);
            if (offset > uint.MaxValue)
            {
                return [];
            }

            offsets[i] = (uint)offset;
        }

        return offsets;
    }

    private static FrameFragments[]? ByCodestreams(FileRange[] ranges, int frames, DicomSource source)
    {
        List<int> starts = [];
        Span<byte> first = stackalloc byte[4];
        for (var i = 0; i < ranges.Length; i++)
        {
            var isStart = source.Read(ranges[i].Offset, first) == 4
                && (first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || first.SequenceEqual((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]));
            if (isStart)
            {
                starts.Add(i);
            }
        }

        return starts.Count == frames && starts[0] == 0 ? Cut(ranges, starts) : null;
    }

    private static FrameFragments[] Cut(FileRange[] ranges, List<int> starts)
    {
        var frames = new FrameFragments[starts.Count];
        for (var i = 0; i < frames.Length; i++)
        {
            var end = i + 1 < frames.Length ? starts[i + 1] : ranges.Length;
            frames[i] = new FrameFragments(ranges.AsMemory(starts[i]..end));
        }

        return frames;
    }

    private static long Sum(ReadOnlySpan<FileRange> ranges)
    {
        long length = 0;
        foreach (var range in ranges)
        {
            length += range.Length;
        }

        return length;
    }
}
