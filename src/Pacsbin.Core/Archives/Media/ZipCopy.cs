using System.IO.Compression;
using System.Security.Cryptography;
using Pacsbin.Studies;

namespace Pacsbin.Archives.Media;

/// <summary>Writes studies into one .zip file, which appears when all of it was read again and compared.</summary>
/// <remarks>The same studies give the same bytes: no entry has a time, and the order is that of the UIDs.</remarks>
/// <param name="send">The destination and how.</param>
/// <param name="copies">In the order of their names; one that cannot go is taken off.</param>
/// <param name="meter">Counts all studies.</param>
/// <param name="reject">Receives those that cannot go.</param>
internal sealed class ZipCopy(FolderSend send, List<StudyCopy> copies, CopyMeter meter, Action<StudyCopy, PacsbinException> reject)
{
    private const string Taken = "The .zip file is there already. Use -Force to replace it.";
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the first that a .zip file can say

    /// <summary>Asserts that the file may be written, before thousands of others are read for it.</summary>
    public static void RequireFree(string path, bool force)
    {
        if (Directory.Exists(path) || (!force && Path.Exists(path)))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, Directory.Exists(path) ? "A folder is where the .zip file is to be." : Taken);
        }
    }

    public void Run(CancellationToken cancellationToken)
    {
        if (copies.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(send.Destination)!);
        WholeFile.RemoveLeftovers(send.Destination);
        WholeFile.Write(send.Destination, send.Force, Taken, stream => Write((FileStream)stream, cancellationToken));
    }

    private bool Write(FileStream stream, CancellationToken cancellationToken)
    {
        while (copies.Count > 0)
        {
            stream.SetLength(0);
            if (TryWrite(stream, cancellationToken) is not { } failed)
            {
                stream.Flush(flushToDisk: true);
                Verify(stream, cancellationToken);
                return true;
            }

            // Entries cannot be taken back: what is not approved must not be in the file, so it begins anew.
            copies.Remove(failed.Copy);
            reject(failed.Copy, failed.Error);
            copies.ForEach(c => c.Restart());
            meter.Restart();
        }

        return false;
    }

    /// <summary>Writes all entries; the study that cannot go if there is one.</summary>
    private (StudyCopy Copy, PacsbinException Error)? TryWrite(FileStream stream, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var directory = new List<DirectoryEntry>();
        for (var study = 0; study < copies.Count; study++)
        {
            var copy = copies[study];
            try
            {
                for (var i = 0; i < copy.Files.Count; i++)
                {
                    var file = copy.Files[i];
                    if (send.HasDirectory)
                    {
                        directory.Add(DirectoryEntry.Read(copy.PathOf(file), FileSet.PlaceOf(study, i), file.Sha256!));
                    }

                    using var entry = Create(zip, NameOf(study, i));
                    copy.CopyTo(file, entry, cancellationToken);
                    copy.Store(file);
                }
            }
            catch (PacsbinException e)
            {
                return (copy, e);
            }
        }

        if (send.HasDirectory)
        {
            using var entry = Create(zip, FileSet.DirectoryName);
            entry.Write(DirectoryFile.Write(directory));
        }

        return null;
    }

    private string NameOf(int study, int file) => send.HasDirectory ? string.Join('/', FileSet.PlaceOf(study, file)) : $"{copies[study].Name}/{copies[study].Files[file].Name}";

    private static Stream Create(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = NoTime;
        return entry.Open();
    }

    private void Verify(FileStream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            for (var study = 0; study < copies.Count; study++)
            {
                for (var i = 0; i < copies[study].Files.Count; i++)
                {
                    if (zip.GetEntry(NameOf(study, i)) is not { } entry || Sha256Of(entry, cancellationToken) != copies[study].Files[i].Sha256)
                    {
                        throw new InvalidDataException();
                    }
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new PacsbinException(PacsbinError.FileIo, "The destination does not hold what was written to it.", innerException: e);
        }
    }

    private static string Sha256Of(ZipArchiveEntry entry, CancellationToken cancellationToken)
    {
        using var stream = entry.Open();
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sha256.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(sha256.GetHashAndReset());
    }
}
