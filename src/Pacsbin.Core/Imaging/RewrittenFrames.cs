using System.Buffers;
using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Writes a frame anew; true if it left out or changed anything.</summary>
/// <param name="index">The frame, from 0.</param>
/// <param name="frame">Its bytes with the padding of its fragments.</param>
/// <param name="output">Receives the new bytes.</param>
internal delegate bool FrameRewriter(int index, ReadOnlySpan<byte> frame, ArrayBufferWriter<byte> output);

/// <summary>Encapsulated pixel data whose frames are written anew, one fragment for each; memory is bounded by a frame and a small store.</summary>
internal sealed class RewrittenFrames : EncapsulatedPixelData
{
    /// <summary>The bytes of new frames that are kept until they are written; what is beyond is made twice.</summary>
    private const int StoreLimit = 16 * 1024 * 1024;

    private readonly FrameFragments[] frames;
    private readonly FrameRewriter rewrite;
    private readonly long[] lengths;
    private readonly byte[]?[] stored;
    private readonly ArrayBufferWriter<byte> again = new();

    /// <summary>Rewrites each frame once to learn its length, which the offset tables before the frames need.</summary>
    public RewrittenFrames(bool hasOffsetTable, FrameFragments[] frames, DicomSource source, FrameRewriter rewrite, CancellationToken cancellationToken = default)
        : this(frames, rewrite, Measure(frames, source, rewrite, cancellationToken), hasOffsetTable)
    {
    }

    private RewrittenFrames(FrameFragments[] frames, FrameRewriter rewrite, (long[] Lengths, bool HasChanged, byte[]?[] Stored) measured, bool hasOffsetTable)
        : base(hasOffsetTable ? OffsetsOf(measured.Lengths) : [], new FileRange[frames.Length])
    {
        this.frames = frames;
        this.rewrite = rewrite;
        (lengths, HasChanged, stored) = measured;
    }

    /// <summary>Whether the rewriter left out or changed anything.</summary>
    public bool HasChanged { get; }

    public override long LengthOf(int index) => lengths[index];

    public override void Write(int index, DicomSource source, DicomWriter writer)
    {
        if (stored[index] is { } bytes)
        {
            writer.WriteBytes(bytes);
            return;
        }

        again.ResetWrittenCount();
        Rewrite(index, frames[index], source, rewrite, again);
        writer.WriteBytes(again.WrittenSpan);
    }

    /// <summary>Adds the pixel data, and the attributes that describe its fragments where the source has them.</summary>
    public void AddTo(DicomDataset dataset, in DicomElement pixelData, DicomDataset source)
    {
        if (source.Contains(Tags.ExtendedOffsetTable) && Count > 0)
        {
            dataset.Set(new DicomElement(Tags.ExtendedOffsetTable, Vr.OV, ExtendedOffsets()));
            dataset.Set(new DicomElement(Tags.ExtendedOffsetTableLengths, Vr.OV, MemoryMarshal.AsBytes(lengths.AsSpan()).ToArray()));
        }

        if (source.Contains(Tags.EncapsulatedPixelDataValueTotalLength))
        {
            dataset.Set(new DicomElement(Tags.EncapsulatedPixelDataValueTotalLength, Vr.UV, BitConverter.GetBytes(lengths.Sum())));
        }

        dataset.Set(new DicomElement(pixelData.Tag, pixelData.Vr, this));
    }

    /// <summary>The Extended Offset Table (PS3.3 C.7.6.3.1.8): 64-bit offsets of the frames' items.</summary>
    private byte[] ExtendedOffsets()
    {
        var offsets = new ulong[lengths.Length];
        for (var i = 1; i < offsets.Length; i++)
        {
            offsets[i] = offsets[i - 1] + (ulong)ItemLength(lengths[i - 1]);
        }

        return MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray();
    }

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

    private static (long[] Lengths, bool HasChanged, byte[]?[] Stored) Measure(FrameFragments[] frames, DicomSource source, FrameRewriter rewrite, CancellationToken cancellationToken)
    {
        var lengths = new long[frames.Length];
        var stored = new byte[]?[frames.Length];
        var hasChanged = false;
        var room = StoreLimit;
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < frames.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            output.ResetWrittenCount();
            hasChanged |= Rewrite(i, frames[i], source, rewrite, output);
            lengths[i] = output.WrittenCount;
            if (frames.Length == 1 || output.WrittenCount <= room)
            {
                stored[i] = output.WrittenSpan.ToArray();
                room -= output.WrittenCount;
            }
        }

        return (lengths, hasChanged, stored);
    }

    private static bool Rewrite(int index, FrameFragments frame, DicomSource source, FrameRewriter rewrite, ArrayBufferWriter<byte> output)
    {
        if (frame.Length > Array.MaxLength / 2)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A compressed frame is larger than 1 GB.", Tags.PixelData);
        }

        var length = (int)frame.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.Read(source, bytes);
            return rewrite(index, bytes.AsSpan(0, length), output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
