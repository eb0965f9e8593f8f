using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Files that callers send, in folders that only the owner can read; gone when the job that uses them has ended.</summary>
internal sealed class UploadFolder(JobStore store, TimeProvider time)
{
    /// <summary>The most bytes of an upload.</summary>
    public const long MostBytes = 64L << 30;

    private const int MostFiles = 100_000;
    private const int MostUploads = 64;
    private const int BufferBytes = 1 << 16;
    private readonly string root = PrivateFolder.Make(Path.Join(store.Folder, "uploads"));

    /// <summary>Takes the files of a body in multipart/form-data. Their names are not looked at.</summary>
    /// <exception cref="RequestRefusedException">The body is not of the format, or too much waits.</exception>
    public async Task<Upload> AddAsync(string boundary, Stream body, CancellationToken cancellationToken)
    {
        if (Directory.EnumerateDirectories(root).Count() >= MostUploads)
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, "Too many uploads wait for a job.");
        }

        var id = Guid.NewGuid().ToString("N");
        var folder = PrivateFolder.Make(Path.Join(root, id));
        try
        {
            var (files, bytes) = (0, 0L);
            var reader = new MultipartReader(boundary, body, BufferBytes) { HeadersCountLimit = 16, HeadersLengthLimit = 8192 };
            while (await Understood(async () => await reader.ReadNextSectionAsync(cancellationToken)) is { } section)
            {
                if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition())
                {
                    throw RequestRefusedException.BadRequest("A part of the body is no file: each needs a file name, which is not used.");
                }

                if (++files > MostFiles)
                {
                    throw new RequestRefusedException(StatusCodes.Status413PayloadTooLarge);
                }

                bytes += await CopyAsync(section.Body, Path.Join(folder, FormattableString.Invariant($"{files:D6}")), cancellationToken);
            }

            return files > 0 ? new Upload(id, files, bytes) : throw RequestRefusedException.BadRequest("The body has no file in it.");
        }
        catch
        {
            Delete(id);
            throw;
        }
    }

    /// <summary>The folder of an upload.</summary>
    /// <exception cref="PacsbinException">FileNotFound.</exception>
    public string FolderOf(string id) => IsId(id) && Path.Join(root, id) is var folder && Directory.Exists(folder)
        ? folder
        : throw new PacsbinException(PacsbinError.FileNotFound, "There is no such upload, or the job that it was for has ended.");

    /// <summary>Deletes an upload; false if there is none.</summary>
    public bool Delete(string id)
    {
        if (!IsId(id) || !Directory.Exists(Path.Join(root, id)))
        {
            return false;
        }

        Directory.Delete(Path.Join(root, id), recursive: true);
        return true;
    }

    /// <summary>Deletes what no job waits for.</summary>
    /// <param name="ids">The uploads of jobs.</param>
    /// <param name="age">Younger ones stay, because a job may still be asked for.</param>
    public void DeleteAllBut(IEnumerable<string?> ids, TimeSpan age)
    {
        var used = ids.ToHashSet();
        foreach (var left in new DirectoryInfo(root).EnumerateDirectories().Where(f => !used.Contains(f.Name) && time.GetUtcNow() - f.CreationTimeUtc >= age))
        {
            Delete(left.Name);
        }
    }

    private static async Task<long> CopyAsync(Stream from, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        var buffer = new byte[BufferBytes];
        while (await Understood(async () => await from.ReadAsync(buffer, cancellationToken)) is > 0 and var count)
        {
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        return file.Length;
    }

    /// <summary>Reads from the body, whose faults are the caller's.</summary>
    private static async Task<T> Understood<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw RequestRefusedException.BadRequest("The body is not multipart/form-data as RFC 7578 has it, or ends too early.");
        }
    }

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);
}
