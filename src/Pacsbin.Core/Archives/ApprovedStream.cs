using System.Buffers;
using System.Security.Cryptography;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Gives out the bytes of an approved file, if they are those that were approved.</summary>
/// <remarks>
/// All of them are hashed before the first is given out: a small file in memory, which is what is given out then; a large one through the handle that it is read by, and once more while it is, and of that
/// the last bytes are held back until the hash is right. So of a file that was changed nobody gets anything, and of one that is changed while it is read nobody gets all.
/// </remarks>
internal sealed class ApprovedStream : Stream
{
    private const int BufferLength = 256 * 1024;
    private const int MostInMemory = 2 * 1024 * 1024;
    private readonly FileStream file;
    private readonly ManifestFile entry;
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[]? content;
    private bool isReturned;
    private long position;

    /// <exception cref="PacsbinException">NotApproved if the file is a link, missing, or not the one that was approved; FileIo, FileAccessDenied.</exception>
    public ApprovedStream(string path, ManifestFile entry)
    {
        this.entry = entry;
        var info = new FileInfo(path);
        if (!info.Exists || info.LinkTarget is not null || info.Length != entry.Length || entry.Length == 0)
        {
            throw Changed();
        }

        try
        {
            file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.SequentialScan, BufferSize = 0 });
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }

        try
        {
            content = entry.Length <= MostInMemory ? ArrayPool<byte>.Shared.Rent((int)entry.Length) : null;
            Check();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Told how many bytes were given out.</summary>
    public Action<int>? Given { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => entry.Length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, entry.Length - position);
        if (wanted == 0)
        {
            return 0;
        }

        var read = content is null ? ReadChecked(buffer[..wanted]) : wanted;
        content?.AsSpan((int)position, read).CopyTo(buffer);
        position += read;
        Given?.Invoke(read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file?.Dispose();
            sha256.Dispose();
            if (content is not null && !isReturned)
            {
                isReturned = true;
                ArrayPool<byte>.Shared.Return(content);
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads and hashes the whole file, into memory if it is small.</summary>
    private void Check()
    {
        var buffer = content ?? ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            long done = 0;
            while (done < entry.Length)
            {
                var part = content is null ? buffer.AsSpan(0, (int)Math.Min(BufferLength, entry.Length - done)) : buffer.AsSpan((int)done, (int)(entry.Length - done));
                done += Append(part);
            }

            RequireApproved();
            file.Position = 0;
        }
        finally
        {
            if (content is null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private int ReadChecked(Span<byte> buffer)
    {
        var read = Append(buffer);
        if (position + read == entry.Length)
        {
            try
            {
                RequireApproved();
            }
            catch
            {
                buffer.Clear();
                throw;
            }
        }

        return read;
    }

    private int Append(Span<byte> buffer)
    {
        var read = ReadFile(buffer);
        if (read == 0)
        {
            throw Changed();
        }

        sha256.AppendData(buffer[..read]);
        return read;
    }

    private void RequireApproved()
    {
        Span<byte> more = stackalloc byte[1];
        if (Convert.ToHexStringLower(sha256.GetHashAndReset()) != entry.Sha256 || ReadFile(more) > 0)
        {
            throw Changed();
        }
    }

    private int ReadFile(Span<byte> buffer)
    {
        try
        {
            return file.Read(buffer);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known; // not to be taken for an error of the connection
        }
    }

    private PacsbinException Changed() => new(PacsbinError.NotApproved, $"{entry.Name}: the file is not the one that was approved.");
}
