using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Where the instances of a fetched study are: a folder and files named by hashes of UIDs, because messages name files and must not name patients' studies.</summary>
internal sealed class ReceivedFolder : IDisposable
{
    private const string PartEnding = ".partial";
    private const string LockName = ".receiving";
    private readonly string study;
    private readonly FileStream turn;

    /// <summary>Makes the folder, or goes on in it.</summary>
    /// <exception cref="PacsbinException">ManifestConflict if another process fetches the study; FileIo, FileAccessDenied.</exception>
    public ReceivedFolder(string destination, string studyInstanceUid)
    {
        study = studyInstanceUid;
        Folder = Path.Join(destination, NameOf(studyInstanceUid));
        try
        {
            PrivateFolder.Make(Folder);

            turn = TakeTurn(Path.Join(Folder, LockName));
            foreach (var part in Directory.EnumerateFiles(Folder, $".*{PartEnding}", new EnumerationOptions { AttributesToSkip = 0 }))
            {
                File.Delete(part);
            }
        }
        catch (IOException e) when (StagingJournal.IsSharing(e))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "Another process is fetching the same study to the same place.", innerException: e);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            turn?.Dispose();
            throw known;
        }
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Whether an instance is here, whole; what cannot be read, after a power failure for example, is deleted.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied.</exception>
    public bool Has(string sopInstanceUid)
    {
        var path = PathOf(sopInstanceUid);
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            if (new FileInfo(path).Length > 0 && TryIdentify(path, out var uid, out _) && uid == sopInstanceUid)
            {
                return true;
            }

            File.Delete(path);
            return false;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Writes an instance; it is here when it is whole, and is what it should be.</summary>
    /// <returns>Its SOP Instance UID.</returns>
    /// <exception cref="PassingFailureException">It is no DICOM file, or one of another study.</exception>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied.</exception>
    public async Task<string> AddAsync(Stream content, CancellationToken cancellationToken)
    {
        var part = Path.Join(Folder, $".{Guid.NewGuid():N}{PartEnding}");
        try
        {
            await using (var file = Open(part))
            {
                await CopyAsync(content, file, cancellationToken).ConfigureAwait(false);
            }

            if (!TryIdentify(part, out var uid, out var why))
            {
                throw new PassingFailureException(why);
            }

            Keep(part, PathOf(uid));
            return uid;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw PacsbinException.FromIo(e)!;
        }
        finally
        {
            TryDelete(part);
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Gives a whole file its name. One that is there already has to be the same.</summary>
    private static void Keep(string part, string path)
    {
        try
        {
            if (File.Exists(path) && FileDigest.Of(path) != FileDigest.Of(part))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The archive gives an instance that is here already with other bytes. Delete what is here, or fetch to another place.");
            }

            File.Move(part, path, overwrite: true);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known; // not to be taken for an error of the connection
        }
    }

    private static FileStream TakeTurn(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            var turn = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 1,
            });
            if (File.Exists(path) || attempt == 10)
            {
                return turn;
            }

            turn.Dispose(); // another process has removed it between opening and locking
        }
    }

    private static string NameOf(string uid) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(uid)).AsSpan(0, 16));

    private string PathOf(string sopInstanceUid) => Path.Join(Folder, $"{NameOf(sopInstanceUid)}.dcm");

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 });
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Copies; an error of the disk is told apart from one of the connection, which another try may mend.</summary>
    private static async Task CopyAsync(Stream content, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            try
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                throw known;
            }
        }
    }

    /// <summary>Reads the UID of a file; false if it is no DICOM file, or not one of this study.</summary>
    private bool TryIdentify(string path, [NotNullWhen(true)] out string? uid, [NotNullWhen(false)] out string? why)
    {
        uid = why = null;
        try
        {
            using var file = DicomFile.Open(path);
            uid = file.Dataset.GetString(Tags.SopInstanceUid);
            if (uid is not null && Workspace.IsUid(uid) && file.Dataset.GetString(Tags.StudyInstanceUid) == study)
            {
                return true;
            }

            why = "The archive gives an instance of another study, or one without a UID.";
        }
        catch (PacsbinException e) when (e.Error is PacsbinError.NotDicom or PacsbinError.Truncated or PacsbinError.MalformedElement or PacsbinError.LimitExceeded)
        {
            why = $"The archive gives an instance that cannot be read. {e.Message}";
        }

        return false;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // It is hidden and no whole file, and goes with the next run.
        }
    }
}
