using System.Text;
using Pacsbin.Sidecars;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Access;

/// <summary>The file that gives the token of a running sidecar to its owner, and to nobody else; gone when the sidecar ends.</summary>
internal sealed class TokenFile : IDisposable
{
    private readonly byte[] content;

    private TokenFile(string path, byte[] content)
    {
        Location = path;
        this.content = content;
    }

    /// <summary>The file's full path.</summary>
    public string Location { get; }

    /// <summary>Writes a token.</summary>
    /// <param name="path">Where; null for the user's application data.</param>
    /// <param name="port">The sidecar's port, which names the file there.</param>
    /// <param name="token">The token.</param>
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied, FileIo.</exception>
    public static TokenFile Write(string? path, int port, string token)
    {
        try
        {
            var full = path is not null ? Path.GetFullPath(path)
                : Path.Join(PrivateFolder.Make(SidecarRecord.Folder), FormattableString.Invariant($"token-{port}"));
            var content = Encoding.ASCII.GetBytes(token);
            WholeFile.Write(full, content, ownerOnly: true, replace: true);
            return new TokenFile(full, content);
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public void Dispose()
    {
        try
        {
            // Another sidecar may have put its own there.
            if (File.Exists(Location) && File.ReadAllBytes(Location).AsSpan().SequenceEqual(content))
            {
                File.Delete(Location);
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // The token opens nothing any more.
        }
    }
}
