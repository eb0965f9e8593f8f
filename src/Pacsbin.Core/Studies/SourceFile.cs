using System.IO.Compression;
using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>A file to read: on disk, or an entry of a .zip archive.</summary>
/// <param name="Folder">Its folder, or the archive's path.</param>
/// <param name="Name">Its name, or the entry's full name.</param>
/// <param name="Length">Bytes; of an entry when inflated.</param>
/// <param name="IsEntry">Whether <paramref name="Folder"/> is an archive.</param>
internal sealed record SourceFile(string Folder, string Name, long Length, bool IsEntry = false)
{
    /// <summary>The most bytes of an archive's entry that are read.</summary>
    public const int EntryLimit = DicomFile.InflatedLimit;

    // RFC 1951: a match of 258 bytes costs at least two bits.
    private const int MaxRatio = 1032;

    public string Path => System.IO.Path.Join(Folder, Name);

    /// <summary>Orders by folder, then by name, character by character.</summary>
    public int CompareTo(SourceFile other)
    {
        var folders = ReferenceEquals(Folder, other.Folder) ? 0 : string.CompareOrdinal(Folder, other.Folder);
        return folders != 0 ? folders : string.CompareOrdinal(Name, other.Name);
    }

    public static bool IsArchive(string path) => System.IO.Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens the bytes. An archive that was opened before is used again: <paramref name="archives"/> belongs to one thread.</summary>
    public DicomSource Open(ArchiveCache archives)
    {
        if (!IsEntry)
        {
            // A pipe or a device has no length, and opening it could wait for ever.
            return Length > 0 ? DicomSource.Open(Path) : new DicomSource(ReadOnlyMemory<byte>.Empty);
        }

        var entry = archives.Open(Folder).GetEntry(Name) ?? throw new FileNotFoundException();
        if (entry.Length > EntryLimit)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, $"The archive's entry has more than {EntryLimit} bytes.");
        }

        if (entry.Length / MaxRatio > new FileInfo(Folder).Length)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The archive's entry cannot have as many bytes as its directory says.");
        }

        var bytes = new byte[entry.Length];
        int read;
        try
        {
            using var stream = entry.Open();
            read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The archive's entry cannot be inflated.", innerException: e);
        }

        return read < bytes.Length
            ? throw new PacsbinException(PacsbinError.Truncated, "The archive's entry is shorter than its directory says.")
            : new DicomSource(bytes);
    }
}

/// <summary>The last archive that a thread opened: entries of one archive come one after the other.</summary>
internal sealed class ArchiveCache : IDisposable
{
    private string? path;
    private ZipArchive? archive;

    /// <exception cref="PacsbinException">MalformedElement if the file is no .zip archive.</exception>
    public ZipArchive Open(string archivePath)
    {
        if (archive is null || path != archivePath)
        {
            archive?.Dispose();
            archive = null;
            try
            {
                archive = new FileInfo(archivePath).Length > 0 ? ZipFile.OpenRead(archivePath) : throw new InvalidDataException();
            }
            catch (InvalidDataException e)
            {
                throw new PacsbinException(PacsbinError.MalformedElement, "The .zip archive cannot be read.", innerException: e);
            }

            path = archivePath;
        }

        return archive;
    }

    public void Dispose() => archive?.Dispose();
}
