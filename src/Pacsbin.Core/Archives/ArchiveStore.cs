using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>The archives that a user has registered, in the user's application data, or in the folder that the environment variable PACSBIN_ARCHIVES names.</summary>
/// <remarks>
/// Secrets are encrypted by AES-256-GCM under a key in a file beside them that only its owner can read, and that Windows encrypts for the user. A secret is bound to all else that is known
/// of its archive: of a definition that somebody has changed, it cannot be decrypted, so that it is never sent to another server.
/// </remarks>
public sealed class ArchiveStore
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string EnvironmentVariable = "PACSBIN_ARCHIVES";

    private const string FileName = "archives.json";
    private const string Format = "pacsbin-archives/1";
    private readonly string folder;

    /// <param name="folder">The folder; null for that of <see cref="EnvironmentVariable"/> or the user's application data.</param>
    /// <exception cref="PacsbinException">FileNotFound if the user has no application data.</exception>
    public ArchiveStore(string? folder = null) => this.folder = folder ?? PrivateFolder.OfUser(EnvironmentVariable, "archives");

    /// <summary>All archives, in the order of their names.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the file is not of the format; FileIo, FileAccessDenied.</exception>
    public IReadOnlyList<ArchiveDefinition> Read()
    {
        var path = Path.Join(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            using var stream = WholeFile.OpenRead(path);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                throw new PacsbinException(PacsbinError.FileAccessDenied, $"Others than its owner can change {FileName}, and so where studies are sent. If nobody has, take their permissions away: chmod 600 {FileName}.");
            }

            return JsonSerializer.Deserialize(stream, ArchiveJson.Default.ArchiveFile) is { Format: Format } file && file.Archives.All(a => a is not null && a.Problem() is null)
                ? [.. file.Archives.OrderBy(a => a.Name, StringComparer.OrdinalIgnoreCase)]
                : throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {Format}.");
        }
        catch (JsonException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {Format}: line {e.LineNumber + 1}.");
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>The archive of a name.</summary>
    /// <exception cref="PacsbinException">FileNotFound if there is none; as of <see cref="Read"/>.</exception>
    public ArchiveDefinition Find(string name) =>
        Read().FirstOrDefault(a => IsNamed(a, name)) ?? throw new PacsbinException(PacsbinError.FileNotFound, "No archive of this name is registered.");

    /// <summary>Registers an archive.</summary>
    /// <param name="archive">Without <see cref="ArchiveDefinition.ProtectedSecret"/>.</param>
    /// <param name="secret">Password, token or client secret; empty for none, or for one in an environment variable.</param>
    /// <param name="replace">Whether one of the same name gives way.</param>
    /// <returns>The archive as it is stored.</returns>
    /// <exception cref="PacsbinException">DestinationExists; MalformedElement for one with a <see cref="ArchiveDefinition.Problem"/>; KeyMissing if the key of the secrets cannot be used; ManifestConflict, FileIo, FileAccessDenied.</exception>
    public ArchiveDefinition Add(ArchiveDefinition archive, ReadOnlySpan<char> secret, bool replace)
    {
        MakeFolder();
        using var turn = ProjectLock.Take(folder);
        var protectedSecret = secret.IsEmpty ? null : Protect(archive, secret);
        var added = archive with { ProtectedSecret = protectedSecret };
        if (added.Problem() is { } problem)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, problem);
        }

        var all = Read();
        if (!replace && all.Any(a => IsNamed(a, archive.Name)))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "An archive of this name is registered already.");
        }

        Write([.. all.Where(a => !IsNamed(a, archive.Name)), added]);
        return added;
    }

    /// <summary>Forgets an archive and its secret.</summary>
    /// <exception cref="PacsbinException">FileNotFound; ManifestConflict, FileIo, FileAccessDenied.</exception>
    public void Remove(string name)
    {
        Find(name);
        using var turn = ProjectLock.Take(folder);
        Write([.. Read().Where(a => !IsNamed(a, name))]);
    }

    /// <summary>The secret of an archive; null if it has none.</summary>
    /// <exception cref="PacsbinException">KeyMissing if its environment variable is empty, or it cannot be decrypted.</exception>
    internal string? SecretOf(ArchiveDefinition archive)
    {
        if (archive.SecretVariable is { } variable)
        {
            return Environment.GetEnvironmentVariable(variable)?.TrimEnd('\r', '\n') is { Length: > 0 } text
                ? RequireHeaderText(archive, text)
                : throw new PacsbinException(PacsbinError.KeyMissing, "The environment variable of the archive's secret is empty or not set.");
        }

        if (archive.ProtectedSecret is not { } stored)
        {
            return null;
        }

        var plain = WithKey(seal => seal.Open(Convert.FromBase64String(stored), BindingOf(archive)) ?? throw Undecryptable());
        var secret = Encoding.UTF8.GetString(plain);
        CryptographicOperations.ZeroMemory(plain);
        return RequireHeaderText(archive, secret);
    }

    /// <summary>Whether a text can be a token: printable ASCII, as RFC 6750 section 2.1 has it.</summary>
    internal static bool IsHeaderText(string text) => text.All(c => c is > ' ' and < '\x7F');

    private static string RequireHeaderText(ArchiveDefinition archive, string secret) =>
        archive.Authentication != ArchiveAuthentication.Bearer || IsHeaderText(secret)
            ? secret
            : throw new PacsbinException(PacsbinError.KeyMissing, "The archive's token has characters that no token has (RFC 6750 section 2.1).");

    private static PacsbinException Undecryptable() =>
        new(PacsbinError.KeyMissing, "The archive's secret cannot be decrypted: its definition or the key of the secrets was changed. Register the archive again.");

    private static bool IsNamed(ArchiveDefinition archive, string name) => archive.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static byte[] BindingOf(ArchiveDefinition archive) =>
        JsonSerializer.SerializeToUtf8Bytes(archive with { ProtectedSecret = null }, ArchiveJson.Default.ArchiveDefinition);

    private string Protect(ArchiveDefinition archive, ReadOnlySpan<char> secret)
    {
        var plain = SecretText.Utf8(secret);
        try
        {
            return WithKey(seal => Convert.ToBase64String(seal.Seal(plain, BindingOf(archive))));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private T WithKey<T>(Func<FolderSeal, T> use)
    {
        try
        {
            return use(new FolderSeal(folder));
        }
        catch (Exception e) when (e is FormatException or PacsbinException { Error: PacsbinError.KeyMissing })
        {
            throw Undecryptable();
        }
    }

    private void MakeFolder()
    {
        try
        {
            PrivateFolder.Make(folder);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private void Write(IReadOnlyList<ArchiveDefinition> archives) =>
        WholeFile.Write(Path.Join(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(new ArchiveFile(Format, archives), ArchiveJson.Default.ArchiveFile), ownerOnly: true, replace: true);
}

/// <summary>The content of the file of archives.</summary>
internal sealed record ArchiveFile(string Format, IReadOnlyList<ArchiveDefinition> Archives);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(ArchiveFile))]
[JsonSerializable(typeof(ArchiveDefinition))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
