using System.Diagnostics;
using System.Security.Cryptography;

namespace Pacsbin.Projects;

/// <summary>The log of all looks at originals in a project's folder, JSON lines. Each line has a keyed hash of itself and of the line before.</summary>
/// <remarks>The lock on the file keeps other processes out while a line is added. A log that somebody has changed is added to all the same: the break stays where it is.</remarks>
internal sealed class AuditLog(string folder, ReadOnlySpan<byte> key, AuditHead head) : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "audit.log";

    private const byte NewLine = (byte)'\n';

    /// <summary>How long another process may keep the file locked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string path = Path.Join(folder, FileName);
    private readonly byte[] key = key.ToArray();

    /// <summary>Adds a line; returns when it is on the disk.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied; ManifestConflict if another process keeps the log locked.</exception>
    public void Append(AuditEntry entry)
    {
        try
        {
            using var file = OpenLocked(FileMode.OpenOrCreate, FileAccess.ReadWrite);
            var end = EndOf(file);
            var line = entry.ToLine(end.Number + 1, end.Hash, key);
            file.Seek(0, SeekOrigin.End);
            var isCut = file.Length > 0 && LastByte(file) != NewLine;
            byte[] bytes = [.. isCut ? [NewLine] : ReadOnlySpan<byte>.Empty, .. line.Bytes, NewLine];
            var length = file.Length + bytes.Length;
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            if (file.Length != length)
            {
                throw new PacsbinException(PacsbinError.FileIo, $"{FileName} is not a file that keeps what is written.");
            }

            head.Write(new AuditEnd(line.Number, line.Hash, length));
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Verifies every line, and that none is missing at the end.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied; ManifestConflict if another process keeps the log locked.</exception>
    public AuditLogState Check()
    {
        try
        {
            if (!File.Exists(path))
            {
                return head.Read().Number == 0 ? new AuditLogState(true, 0, null, AuditLogProblem.None) : new AuditLogState(false, 0, 1, AuditLogProblem.Truncated);
            }

            using var file = OpenLocked(FileMode.Open, FileAccess.Read);
            return Check(file, head.Read());
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    private AuditLogState Check(FileStream file, AuditEnd end)
    {
        long lines = 0, number = 0;
        var previous = AuditLine.Beginning;
        AuditLogState? broken = null;
        foreach (var (bytes, isWhole) in Lines(file))
        {
            lines++;
            var line = AuditLine.Parse(bytes, key);
            var problem = line switch
            {
                null => isWhole ? AuditLogProblem.Changed : AuditLogProblem.Unfinished,
                _ when line.Number > number + 1 => AuditLogProblem.Removed,
                _ when line.Number <= number => AuditLogProblem.Reordered,
                _ when line.Previous != previous => AuditLogProblem.Changed,
                _ => AuditLogProblem.None,
            };
            if (problem != AuditLogProblem.None)
            {
                // What seemed to be missing comes later.
                var isLater = problem == AuditLogProblem.Reordered && broken?.Problem == AuditLogProblem.Removed;
                broken = isLater ? broken! with { Problem = problem } : broken ?? new AuditLogState(false, 0, lines, problem);
            }

            // After a changed line the next one still names it by the hash that the line should have had.
            number = line?.Number ?? number + 1;
            previous = line?.Hash ?? HashIn(bytes);
        }

        if (broken is null && (number < end.Number || (number == end.Number && previous != end.Hash)))
        {
            broken = number < end.Number
                ? new AuditLogState(false, 0, lines + 1, AuditLogProblem.Truncated)
                : new AuditLogState(false, 0, lines, AuditLogProblem.Changed);
        }

        return broken is null ? new AuditLogState(true, lines, null, AuditLogProblem.None) : broken with { Lines = lines };
    }

    /// <summary>The end of the log: what the crosswalk says or, where a process was ended before it told the crosswalk, what is in the file. Half a line is removed.</summary>
    private AuditEnd EndOf(FileStream file)
    {
        var end = head.Read();
        if (file.Length <= end.Length)
        {
            return end;
        }

        file.Position = end.Length;
        var position = end.Length;
        foreach (var (bytes, isWhole) in Lines(file))
        {
            var line = AuditLine.Parse(bytes, key);
            if (!isWhole && line is null)
            {
                file.SetLength(position);
                break;
            }

            position += bytes.Length + 1;
            if (line is not null && line.Number == end.Number + 1 && line.Previous == end.Hash)
            {
                end = new AuditEnd(line.Number, line.Hash, position);
            }
        }

        return end;
    }

    private FileStream OpenLocked(FileMode mode, FileAccess access)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new PacsbinException(PacsbinError.FileAccessDenied, $"{FileName} is a symbolic link, which could lead anywhere.");
        }

        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, BufferSize = 0 };
        if (mode == FileMode.OpenOrCreate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (Studies.StagingJournal.IsSharing(e))
            {
                if (since.Elapsed > Patience)
                {
                    throw new PacsbinException(PacsbinError.ManifestConflict, $"Another process keeps {FileName} locked.", innerException: e);
                }

                Thread.Sleep(Random.Shared.Next(2, 20));
            }
        }
    }

    /// <summary>The hash that a line says it has, whether or not it is its own.</summary>
    private static string HashIn(byte[] line) => line.Length < 66 ? "" : System.Text.Encoding.ASCII.GetString(line.AsSpan(line.Length - 66, 64));

    private static int LastByte(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte();
    }

    /// <summary>The lines from the file's position on, and whether each has its end.</summary>
    private static IEnumerable<(byte[] Line, bool IsWhole)> Lines(FileStream file)
    {
        var buffered = new BufferedStream(file, 1 << 16); // the file stays open
        var line = new List<byte>();
        for (var next = buffered.ReadByte(); next >= 0; next = buffered.ReadByte())
        {
            if (next == NewLine)
            {
                yield return ([.. line], true);
                line.Clear();
            }
            else
            {
                line.Add((byte)next);
            }
        }

        if (line.Count > 0)
        {
            yield return ([.. line], false);
        }
    }
}
