using System.Security.Cryptography;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Reads an approved file and hashes it on the way; its last bytes are only given out if all of them are those that were approved.</summary>
/// <remarks>So nobody ever gets a whole file that was changed between the check and the reading. Reading can be started again from the beginning, not elsewhere.</remarks>
internal sealed class ApprovedStream : Stream
{
    private readonly FileStream file;
    private readonly ManifestFile entry;
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long position;

    /// <exception cref="PacsbinException">NotApproved if the file is a link, missing, or has another length.</exception>
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

        var read = ReadFile(buffer[..wanted]);
        if (read == 0)
        {
            throw Changed();
        }

        sha256.AppendData(buffer[..read]);
        position += read;
        Span<byte> more = stackalloc byte[1];
        if (position == entry.Length && (!IsApproved() || ReadFile(more) > 0))
        {
            buffer[..read].Clear();
            throw Changed();
        }

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
        }

        base.Dispose(disposing);
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

    private bool IsApproved() => Convert.ToHexStringLower(sha256.GetHashAndReset()) == entry.Sha256;

    private PacsbinException Changed() => new(PacsbinError.NotApproved, $"{entry.Name}: the file is not the one that was approved.");
}
