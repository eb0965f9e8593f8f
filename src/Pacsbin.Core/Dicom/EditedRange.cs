using System.Buffers;

namespace Pacsbin.Dicom;

/// <summary>A value of the file that is changed while it is copied, piece by piece.</summary>
/// <param name="inner">What is copied; if it is edited itself, this edit comes after it.</param>
internal abstract class EditedRange(FileRange inner) : FileRange(inner.Offset, inner.Length)
{
    /// <summary>A multiple of the size of every pixel cell and of two bytes.</summary>
    private const int ChunkSize = 64 * 1024;

    public override void Write(DicomSource source, DicomWriter writer)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (long done = 0; done < Length;)
            {
                var part = chunk.AsSpan(0, (int)Math.Min(ChunkSize, Length - done));
                source.ReadExactly(Offset + done, part);
                EditAll(part, done);
                writer.WriteBytes(part);
                done += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Changes a piece of the value.</summary>
    /// <param name="piece">The bytes, in the file's byte order.</param>
    /// <param name="position">Where they start in the value.</param>
    protected abstract void Edit(Span<byte> piece, long position);

    private void EditAll(Span<byte> piece, long position)
    {
        (inner as EditedRange)?.EditAll(piece, position);
        Edit(piece, position);
    }
}
