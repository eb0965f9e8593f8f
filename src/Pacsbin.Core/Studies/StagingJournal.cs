using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pacsbin.Studies;

/// <summary>The journal of a staging folder: for what it is written, and which of its files are whole. Open, it keeps other processes out.</summary>
internal sealed class StagingJournal : IDisposable
{
    /// <summary>Its name in the staging folder.</summary>
    public const string FileName = "journal";

    /// <summary>The line that says that all files are whole and are being moved.</summary>
    private const string Moving = "moving";
    private readonly FileStream stream;
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly Utf8JsonWriter lineWriter;

    private StagingJournal(FileStream stream)
    {
        this.stream = stream;
        lineWriter = new Utf8JsonWriter(line);
    }

    /// <summary>Whether nothing was ever staged.</summary>
    public bool IsEmpty => stream.Length == 0;

    /// <summary>Opens the journal of a folder, or makes it.</summary>
    /// <exception cref="PacsbinException">ManifestConflict if another process has it open.</exception>
    public static StagingJournal Open(string folder)
    {
        var path = Path.Join(folder, FileName);
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (File.Exists(path))
            {
                return new StagingJournal(stream);
            }

            stream.Dispose(); // another process has removed the folder between opening and locking
            throw Conflict(null);
        }
        catch (IOException e) when (IsSharing(e))
        {
            throw Conflict(e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw Conflict(e);
        }

        static PacsbinException Conflict(Exception? e) => new(PacsbinError.ManifestConflict, "Another process is writing this study.", innerException: e);
    }

    /// <summary>Reads the journal as far as its lines are whole.</summary>
    public StagingRecord Read()
    {
        var files = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        string? settings = null;
        stream.Position = 0;
        using var reader = new StreamReader(stream, leaveOpen: true);
        try
        {
            settings = reader.ReadLine() is { } first ? JsonSerializer.Deserialize(first, JournalJson.Default.String) : null;
            while (settings is not null && reader.ReadLine() is { } text)
            {
                if (text == $"\"{Moving}\"")
                {
                    return new StagingRecord(settings, files, true);
                }

                if (JsonSerializer.Deserialize(text, ManifestJson.Default.ManifestFile) is { Name: not null, Xxh128: not null } file)
                {
                    files[file.Name] = file;
                }
            }
        }
        catch (JsonException)
        {
            // The process ended while it wrote this line; its file is written again.
        }

        return new StagingRecord(settings, files, false);
    }

    /// <summary>Begins anew.</summary>
    public void Begin(string settings, IEnumerable<ManifestFile> files)
    {
        Clear();
        Append(writer => writer.WriteStringValue(settings));
        foreach (var file in files)
        {
            Append(file.Write);
        }
    }

    /// <summary>Notes that a file is whole.</summary>
    public void Add(ManifestFile file) => Append(file.Write);

    /// <summary>Notes that all files are whole and are moved from now on.</summary>
    public void AddMoving() => Append(static writer => writer.WriteStringValue(Moving));

    /// <summary>Forgets everything.</summary>
    public void Clear() => stream.SetLength(0);

    public void Dispose()
    {
        lineWriter.Dispose();
        stream.Dispose();
    }

    /// <summary>Whether a file cannot be opened because another process has it open.</summary>
    internal static bool IsSharing(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35; // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION; EWOULDBLOCK of Linux and macOS

    /// <summary>Adds a line of JSON in one write.</summary>
    private void Append(Action<Utf8JsonWriter> write)
    {
        line.ResetWrittenCount();
        lineWriter.Reset();
        write(lineWriter);
        lineWriter.Flush();
        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(line.WrittenSpan);
    }
}

/// <summary>What a journal says.</summary>
/// <param name="Settings">Profile, version and key that the files are made with; null if it says nothing.</param>
/// <param name="Files">The files that were whole, by their names.</param>
/// <param name="IsMoving">Whether all were, and the moves into a study that was there had begun.</param>
internal sealed record StagingRecord(string? Settings, Dictionary<string, ManifestFile> Files, bool IsMoving);

[JsonSerializable(typeof(string))]
internal sealed partial class JournalJson : JsonSerializerContext;
