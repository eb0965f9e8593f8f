using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Appends to a destination that the caller has made large enough.</summary>
internal ref struct CodestreamWriter(Span<byte> destination)
{
    private readonly Span<byte> destination = destination;

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written, for patching lengths that are known only later.</summary>
    public readonly Span<byte> Written => destination[..Length];

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[Length..]);
        Length += bytes.Length;
    }

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[Length..], value);
        Length += 2;
    }

    /// <summary>Writes a marker that the source lacks, where the destination has room for it.</summary>
    public void WriteMissingEnd(ushort marker)
    {
        if (destination.Length - Length >= 2)
        {
            WriteUInt16(marker);
        }
    }

    /// <summary>Whether the bytes written are the frame's, but for one zero byte of padding.</summary>
    public readonly bool IsSameAs(ReadOnlySpan<byte> frame)
    {
        var padded = frame.Length == Length + 1 && frame[^1] == 0;
        return (padded || frame.Length == Length) && frame[..Length].SequenceEqual(Written);
    }
}
