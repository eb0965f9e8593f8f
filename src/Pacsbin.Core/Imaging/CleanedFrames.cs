using System.Buffers;
using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Copies a frame without what is not pixels; returns the bytes written.</summary>
internal delegate int FrameCleaner(ReadOnlySpan<byte> frame, Span<byte> destination, out bool removed);

/// <summary>Encapsulated pixel data whose frames are cleaned while they are written, one fragment for each; memory is bounded by a frame.</summary>
internal sealed class CleanedFrames : EncapsulatedPixelData
{
    /// <summary>The bytes that a cleaner may add: an end marker, padding of segments.</summary>
    private const int Growth = 1024;

    /// <summary>A frame that a better compressor deflated grows by a part of itself.</summary>
    private const int GrowthPart = 8;

    private readonly FrameFragments[] frames;
    private readonly FrameCleaner clean;
    private readonly long[] lengths;
    private readonly byte[]? only;

    /// <summary>Cleans each frame once to learn its length, which the offset tables before the frames need.</summary>
    public CleanedFrames(bool hasOffsetTable, FrameFragments[] frames, DicomSource source, FrameCleaner clean)
        : this(frames, clean, Measure(frames, source, clean), hasOffsetTable)
    {
    }

    private CleanedFrames(FrameFragments[] frames, FrameCleaner clean, (long[] Lengths, bool Removed, byte[]? Only) measured, bool hasOffsetTable)
        : base(hasOffsetTable ? OffsetsOf(measured.Lengths) : [], new FileRange[frames.Length])
    {
        this.frames = frames;
        this.clean = clean;
        (lengths, HasRemoved, only) = measured;
    }

    /// <summary>Whether any frame held more than pixels.</summary>
    public bool HasRemoved { get; }

    /// <summary>The bytes of all frames, as written.</summary>
    public long TotalLength => lengths.Sum();

    public override long LengthOf(int index) => lengths[index];

    public override void Write(int index, DicomSource source, DicomWriter writer)
    {
        if (only is not null)
        {
            writer.WriteBytes(only);
            return;
        }

        WithCleaned(frames[index], source, clean, (cleaned, _) => writer.WriteBytes(cleaned));
    }

    /// <summary>The Extended Offset Table (PS3.3 C.7.6.3.1.8): 64-bit offsets of the frames' items.</summary>
    public byte[] ExtendedOffsets()
    {
        var offsets = new ulong[lengths.Length];
        for (var i = 1; i < offsets.Length; i++)
        {
            offsets[i] = offsets[i - 1] + (ulong)ItemLength(lengths[i - 1]);
        }

        return MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray();
    }

    /// <summary>The Extended Offset Table Lengths: 64-bit lengths of the frames without padding.</summary>
    public byte[] ExtendedLengths() => MemoryMarshal.AsBytes(lengths.AsSpan()).ToArray();

    private static long ItemLength(long length) => 8 + length + (length & 1);

    private static uint[] OffsetsOf(long[] lengths)
    {
        var offsets = new uint[lengths.Length];
        long offset = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            if (offset > uint.MaxValue)
            {
                return []; // PS3.5 A.4: a table may be empty, and must be where 32 bits do not suffice
            }

            offsets[i] = (uint)offset;
            offset += ItemLength(lengths[i]);
        }

        return offsets;
    }

    private static (long[] Lengths, bool Removed, byte[]? Only) Measure(FrameFragments[] frames, DicomSource source, FrameCleaner clean)
    {
        var lengths = new long[frames.Length];
        var anyRemoved = false;
        byte[]? only = null;
        for (var i = 0; i < frames.Length; i++)
        {
            WithCleaned(frames[i], source, clean, (cleaned, removed) =>
            {
                lengths[i] = cleaned.Length;
                anyRemoved |= removed;
                only = frames.Length == 1 ? cleaned.ToArray() : null; // so that a single frame is not cleaned twice
            });
        }

        return (lengths, anyRemoved, only);
    }

    private static void WithCleaned(FrameFragments frame, DicomSource source, FrameCleaner clean, CleanedAction use)
    {
        if (frame.Length > Array.MaxLength / 2)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A compressed frame is larger than 1 GB.", Tags.PixelData);
        }

        var length = (int)frame.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        var destination = ArrayPool<byte>.Shared.Rent(length + (length / GrowthPart) + Growth);
        try
        {
            frame.Read(source, bytes);
            var written = clean(bytes.AsSpan(0, length), destination, out var removed);
            use(destination.AsSpan(0, written), removed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(destination);
        }
    }

    private delegate void CleanedAction(ReadOnlySpan<byte> cleaned, bool removed);
}
