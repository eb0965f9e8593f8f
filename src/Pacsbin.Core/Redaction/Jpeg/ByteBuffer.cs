using System.Buffers;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Bytes in a pooled array that grows.</summary>
internal sealed class ByteBuffer(int capacity) : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>What is written, and bytes after it that <see cref="Reserve"/> gave.</summary>
    public ReadOnlySpan<byte> WrittenAnd(int count) => bytes.AsSpan(0, Length + count);

    public void Clear() => Length = 0;

    /// <summary>Room for at least so many bytes after those that are written.</summary>
    public Span<byte> Reserve(int count)
    {
        if (bytes.Length - Length < count)
        {
            Grow(count);
        }

        return bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes that were written into what <see cref="Reserve"/> gave.</summary>
    public void Advance(int count) => Length += count;

    public void Write(scoped ReadOnlySpan<byte> added)
    {
        added.CopyTo(Reserve(added.Length));
        Length += added.Length;
    }

    /// <summary>Writes a marker and the length of its segment.</summary>
    /// <param name="marker">The second byte.</param>
    /// <param name="contentLength">Bytes that follow the length.</param>
    public void WriteMarker(byte marker, int contentLength)
    {
        var length = contentLength + 2;
        Write([0xFF, marker, (byte)(length >> 8), (byte)length]);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        Length = 0;
    }

    private void Grow(int count)
    {
        var needed = Math.Max((long)Length + count, Math.Min(2L * bytes.Length, Array.MaxLength));
        if (needed > Array.MaxLength)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "An erased JPEG frame is larger than 2 GB.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)needed);
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
