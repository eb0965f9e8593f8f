using Microsoft.Win32.SafeHandles;

namespace Pacsbin.Dicom;

/// <summary>The bytes a <see cref="DicomFile"/> is read from: a file on disk, memory for what had to be inflated, or a file whose start is in memory.</summary>
public sealed class DicomSource : IDisposable
{
    private readonly ReadOnlyMemory<byte> memory;
    private readonly string? path;
    private SafeFileHandle? handle;

    private DicomSource(SafeFileHandle handle)
    {
        this.handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Reads from memory that the caller keeps unchanged while this source is in use.</summary>
    public DicomSource(ReadOnlyMemory<byte> memory)
    {
        this.memory = memory;
        Length = memory.Length;
    }

    private DicomSource(string path, ReadOnlyMemory<byte> start, long length)
    {
        this.path = path;
        memory = start;
        Length = length;
    }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file for reading; other processes may go on reading and writing it.</summary>
    public static DicomSource Open(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Reads a file whose first bytes are in memory already; it is opened when others are wanted.</summary>
    internal static DicomSource Open(string path, ReadOnlyMemory<byte> start, long length) => new(path, start, length);

    /// <summary>Reads until the buffer is full or the source ends; returns the number of bytes read.</summary>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.FileIo"/> or FileAccessDenied if the operating system cannot read, as when a share is gone.</exception>
    public int Read(long offset, Span<byte> buffer)
    {
        if (offset + buffer.Length <= memory.Length || (handle is null && path is null))
        {
            if (offset >= memory.Length)
            {
                return 0;
            }

            var available = memory.Span[(int)offset..];
            var count = Math.Min(available.Length, buffer.Length);
            available[..count].CopyTo(buffer);
            return count;
        }

        handle ??= File.OpenHandle(path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var total = 0;
        while (total < buffer.Length)
        {
            var read = ReadSome(handle, offset + total, buffer[total..]);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>Reads exactly the buffer's length.</summary>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.Truncated"/> if the source ends before.</exception>
    public void ReadExactly(long offset, Span<byte> buffer)
    {
        if (Read(offset, buffer) < buffer.Length)
        {
            throw new PacsbinException(PacsbinError.Truncated, "The file became shorter while it was read.", offset: offset);
        }
    }

    private static int ReadSome(SafeFileHandle handle, long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public void Dispose() => handle?.Dispose();
}
