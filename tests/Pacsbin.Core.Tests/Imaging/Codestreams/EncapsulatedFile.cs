using Pacsbin.Imaging.Codestreams;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Imaging.Codestreams;

/// <summary>A corpus file's compressed frames, before and after cleaning.</summary>
internal sealed class EncapsulatedFile : IDisposable
{
    private readonly DicomFile file;

    private EncapsulatedFile(DicomFile file, EncapsulatedPixelData fragments)
    {
        this.file = file;
        Frames = Split(fragments);
    }

    public List<byte[]> Frames { get; }

    public bool IsDeflated => file.TransferSyntax == TransferSyntax.DeflatedImageFrameCompression;

    /// <summary>Null for a file that is not read, has no compressed frames, or has them in a form that is not cleaned.</summary>
    public static EncapsulatedFile? TryOpen(string path)
    {
        DicomFile file;
        try
        {
            file = DicomFile.Open(path);
        }
        catch (PacsbinException)
        {
            return null;
        }

        var syntax = file.TransferSyntax;
        var isCleaned = syntax.IsJpeg || syntax.IsJpeg2000 || syntax == TransferSyntax.RleLossless || syntax == TransferSyntax.DeflatedImageFrameCompression;
        if (isCleaned && file.Dataset.TryGet(Tags.PixelData, out var pixels) && pixels.Fragments is { Count: > 0 } fragments)
        {
            return new EncapsulatedFile(file, fragments);
        }

        file.Dispose();
        return null;
    }

    public bool IsJpeg2000 => file.TransferSyntax.IsJpeg2000;

    public byte[] Clean(byte[] frame, out bool removed)
    {
        if (IsDeflated)
        {
            var stream = new MemoryStream();
            DeflatedFrame.Clean(frame, SegmentBytes, stream);
            removed = true;
            return stream.ToArray();
        }

        var destination = new byte[frame.Length + RleFrame.MaxGrowth];
        var length = IsJpeg2000 ? Jpeg2000Codestream.Clean(frame, destination, out removed)
            : file.TransferSyntax.IsJpeg ? JpegCodestream.Clean(frame, destination, out removed)
            : RleFrame.Clean(frame, Number(Tags.SamplesPerPixel) * Math.Max(1, Number(Tags.BitsAllocated) / 8), SegmentBytes, destination, out removed);
        return destination[..length];
    }

    /// <summary>Writes the same file with other frames, one fragment each.</summary>
    public void SaveWith(IReadOnlyList<byte[]> frames, string path)
    {
        file.Dataset.Set(new DicomElement(Tags.PixelData, Vr.OB, new FragmentsInMemory(frames)));
        using var output = File.Create(path);
        file.Save(output);
    }

    public void Dispose() => file.Dispose();

    private long SegmentBytes => Number(Tags.BitsAllocated) == 1
        ? (((long)Number(Tags.Rows) * Number(Tags.Columns)) + 7) / 8
        : (long)Number(Tags.Rows) * Number(Tags.Columns);

    private int Number(Tag tag) => file.Dataset.GetInt32(tag) ?? 1;

    // PS3.5 A.4: one fragment a frame, offsets, or fragments of one frame; without offsets each frame begins with its first marker.
    private List<byte[]> Split(EncapsulatedPixelData fragments)
    {
        var frames = new List<List<byte>>();
        var count = Number(Tags.NumberOfFrames);
        long offset = 0;
        for (var index = 0; index < fragments.Count; index++)
        {
            var bytes = new byte[fragments[index].Length];
            file.Source.ReadExactly(fragments[index].Offset, bytes);
            var begins = fragments.Count == count
                || (count > 1 && fragments.OffsetTable.Length == count && fragments.OffsetTable.Contains((uint)offset))
                || (count > 1 && fragments.OffsetTable.Length != count && bytes is [0xFF, 0xD8 or 0x4F, 0xFF, ..]);
            if (begins || frames.Count == 0)
            {
                frames.Add([]);
            }

            frames[^1].AddRange(bytes);
            offset += 8 + bytes.Length;
        }

        return frames.ConvertAll(frame => frame.ToArray());
    }

    private sealed class FragmentsInMemory(IReadOnlyList<byte[]> frames) : EncapsulatedPixelData([], [.. frames.Select(frame => new FileRange(0, frame.Length))])
    {
        public override long LengthOf(int index) => frames[index].Length;

        public override void Write(int index, DicomSource source, DicomWriter writer) => writer.WriteBytes(frames[index]);
    }
}
