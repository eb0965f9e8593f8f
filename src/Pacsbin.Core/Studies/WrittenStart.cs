namespace Pacsbin.Studies;

/// <summary>The first bytes of a file, kept while it is written, so that its header can be read again without opening it.</summary>
internal sealed class WrittenStart
{
    private readonly byte[] buffer = new byte[32 * 1024];
    private int length;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>Begins another file.</summary>
    public void Clear() => length = 0;

    /// <summary>Takes the next bytes of the file, as far as there is room.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var taken = bytes[..Math.Min(bytes.Length, buffer.Length - length)];
        taken.CopyTo(buffer.AsSpan(length));
        length += taken.Length;
    }
}
