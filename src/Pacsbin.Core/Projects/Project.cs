using System.Security.Cryptography;
using System.Text;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>A folder with settings and a key: what makes pseudonyms, UIDs and date shifts the same across runs, machines and years.</summary>
/// <remarks>Safe for use by several threads. The key is zeroed when the project is disposed.</remarks>
public sealed class Project : IDisposable
{
    private readonly byte[] key;
    private bool isDisposed;

    private Project(string folder, ProjectSettings settings, byte[] key, CrosswalkServer? server)
    {
        Server = server;
        Folder = folder;
        Settings = settings;
        this.key = key;
    }

    /// <summary>The full path of the project's folder.</summary>
    public string Folder { get; }

    /// <summary>What the project's studies are made with.</summary>
    public ProjectSettings Settings { get; }

    /// <summary>Where the crosswalk is; null for the project's folder.</summary>
    internal CrosswalkServer? Server { get; }

    /// <summary>256 bits, in an array that the collector does not move. Whoever takes a copy zeroes it.</summary>
    internal byte[] Key
    {
        get
        {
            // Zeros would make pseudonyms that anybody can repeat.
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return key;
        }
    }

    private static ReadOnlySpan<byte> FingerprintPurpose => "PacsbinPS key fingerprint 1"u8;

    /// <summary>Makes a folder a project. A folder that this was interrupted in can be given again.</summary>
    /// <param name="folder">The folder, which is made, for its owner only, if it does not exist.</param>
    /// <param name="settings">What a person has chosen; id, time and fingerprint are set here.</param>
    /// <param name="key">256 random bits, which are not stored; none to make a random key and store it in the folder. What a person made up goes the other way, with <see cref="SecretText.KeyOf"/>.</param>
    /// <exception cref="PacsbinException">DestinationExists if the folder is a project, or has a key file although a key is given; KeyMissing if the key has not 32 bytes; MalformedElement
    /// for settings with a <see cref="ProjectSettings.Problem"/>; KeyMismatch if the folder has a crosswalk that was used with another key; ManifestConflict, FileIo and FileAccessDenied.</exception>
    public static Project Create(string folder, ProjectSettings settings, ReadOnlySpan<byte> key)
    {
        var copy = CopyOf(key);
        try
        {
            return Create(folder, settings, _ => copy.Length == 0 ? null : CopyOf(copy));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <inheritdoc cref="Create(string, ProjectSettings, ReadOnlySpan{byte})"/>
    /// <param name="folder">The folder, which is made, for its owner only, if it does not exist.</param>
    /// <param name="settings">What a person has chosen; id, time and fingerprint are set here.</param>
    /// <param name="keyOf">Makes the key for the id that the project gets, in an array that the collector does not move and that the project zeroes; null to make a random key and store it in the folder.</param>
    /// <param name="server">Where the crosswalk is made; null for the folder.</param>
    public static Project Create(string folder, ProjectSettings settings, Func<string, byte[]?> keyOf, CrosswalkServer? server = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (settings.Problem() is { } problem)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, problem);
        }

        RefuseProject(folder);
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var own = keyOf(id);
        try
        {
            if (own is not (null or { Length: SecretText.KeyLength }))
            {
                throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {own.Length} bytes; a project's key has {SecretText.KeyLength}.");
            }

            MakeFolder(folder);
            using var turn = ProjectLock.Take(folder);
            RefuseProject(folder);
            if (own is null)
            {
                own = StoredKey(folder);
            }
            else if (KeyFile.IsIn(folder))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, $"The folder has a {KeyFile.FileName} of a project that was not finished. Leave the key out to finish it, or move that file away.");
            }

            // The settings come last: a folder without them is no project, and the key and the crosswalk that wait there have made nothing yet.
            var complete = settings with { Id = id, Created = DateTimeOffset.UtcNow, KeyFingerprint = FingerprintOf(own) };
            var project = new Project(folder, complete, own, server);
            Crosswalk.Make(project);
            complete.Write(folder, replace: false);
            return project;
        }
        catch
        {
            CryptographicOperations.ZeroMemory(own);
            throw;
        }
    }

    /// <summary>Opens a project with its key: the one that is given, else that of the environment variable PACSBIN_KEY, else that of the folder's key file.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="key">256 bits, of which a copy is taken; what a person made up goes the other way, with <see cref="SecretText.KeyOf"/>.</param>
    /// <exception cref="PacsbinException">FileNotFound if the folder is no project; MalformedElement; KeyMissing if there is no key, or one that others may know;
    /// KeyMismatch if it is that of another project; FileIo and FileAccessDenied.</exception>
    public static Project Open(string folder, byte[]? key = null) => Open(folder, _ => key is null ? null : CopyOf(key));

    /// <inheritdoc cref="Open(string, byte[])"/>
    /// <param name="folder">The project's folder.</param>
    /// <param name="keyOf">Makes the key for the project's id, in an array that the collector does not move and that the project zeroes; null if none is given.</param>
    /// <param name="server">Where the crosswalk is; null for the folder.</param>
    public static Project Open(string folder, Func<string, byte[]?> keyOf, CrosswalkServer? server = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var settings = ProjectSettings.Read(folder);
        var (own, source) = FindKey(folder, settings.Id, keyOf);
        if (!Fits(own, settings))
        {
            CryptographicOperations.ZeroMemory(own);
            throw new PacsbinException(PacsbinError.KeyMismatch, $"{source} is not that of this project.");
        }

        return new Project(folder, settings, own, server);
    }

    /// <summary>Changes what neither pseudonyms nor copies depend on, in one step.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the folder is no project; MalformedElement also for settings with a <see cref="ProjectSettings.Problem"/>;
    /// ManifestConflict, FileIo and FileAccessDenied.</exception>
    public static ProjectSettings Change(string folder, Func<ProjectSettings, ProjectSettings> change)
    {
        ProjectSettings.Read(folder); // no lock where no project is
        using var turn = ProjectLock.Take(folder);
        var old = ProjectSettings.Read(folder);
        var wanted = change(old);
        var changed = old with { Name = wanted.Name, Archive = wanted.Archive, RetentionDays = wanted.RetentionDays, AllowedWords = wanted.AllowedWords };
        if (changed.Problem() is { } problem)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, problem);
        }

        changed.Write(folder, replace: true);
        return changed;
    }

    /// <summary>Tells which key <see cref="Open(string, byte[])"/> would take, and whether it could.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="keyOfEnvironment">Makes the key of the environment variable for the project's id, which takes a tenth of a second and is zeroed here; null to look into the folder only.</param>
    /// <exception cref="PacsbinException">FileNotFound if the folder is no project; MalformedElement; FileIo and FileAccessDenied; what the function throws.</exception>
    public static ProjectStatus Inspect(string folder, Func<string, byte[]?>? keyOfEnvironment = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var settings = ProjectSettings.Read(folder);
        if (keyOfEnvironment?.Invoke(settings.Id) is { } environmentKey)
        {
            var fits = Fits(environmentKey, settings);
            CryptographicOperations.ZeroMemory(environmentKey);
            return new ProjectStatus(folder, settings, KeySource.Environment, fits ? KeyState.Fits : KeyState.Differs);
        }

        if (!KeyFile.IsIn(folder))
        {
            return new ProjectStatus(folder, settings, KeySource.None, KeyState.Missing);
        }

        byte[]? stored = null;
        try
        {
            stored = KeyFile.Read(folder);
            return new ProjectStatus(folder, settings, KeySource.KeyFile, Fits(stored, settings) ? KeyState.Fits : KeyState.Differs);
        }
        catch (PacsbinException e) when (e.Error is PacsbinError.KeyMissing or PacsbinError.FileAccessDenied)
        {
            return new ProjectStatus(folder, settings, KeySource.KeyFile, KeyState.Refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(stored);
        }
    }

    /// <summary>A 256-bit key for one purpose, by HKDF (RFC 5869), in an array that the collector does not move; the caller zeroes it.</summary>
    internal byte[] Derive(string purpose)
    {
        var derived = SecretText.NewKey();
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Key, derived, salt: [], info: Encoding.UTF8.GetBytes($"PacsbinPS project 1 {purpose}"));
        return derived;
    }

    public void Dispose()
    {
        isDisposed = true;
        CryptographicOperations.ZeroMemory(key);
    }

    public override string ToString() => $"{nameof(Project)} {Settings.Id}";

    /// <summary>Whether a key is that of a project.</summary>
    internal static bool Fits(ReadOnlySpan<byte> key, ProjectSettings settings) => FingerprintOf(key) == settings.KeyFingerprint;

    private static string FingerprintOf(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, FingerprintPurpose).AsSpan(0, 16));

    private static (byte[] Key, string Source) FindKey(string folder, string id, Func<string, byte[]?> keyOf)
    {
        if (keyOf(id) is { } given)
        {
            return (given, "The key");
        }

        if (SecretText.KeyOfEnvironment(id) is { } fromEnvironment)
        {
            return (fromEnvironment, $"The key in {SecretText.EnvironmentVariable}");
        }

        return KeyFile.Read(folder) is { } stored
            ? (stored, $"The key in {KeyFile.FileName}")
            : throw new PacsbinException(PacsbinError.KeyMissing, $"No key is given, none is in {SecretText.EnvironmentVariable}, and the project's folder has no {KeyFile.FileName}.");
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                return;
            }

            if (File.Exists(folder))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "Expected a folder, found a file.");
            }

            PrivateFolder.Make(folder);
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>The key that an interrupted run has left; else a new one.</summary>
    private static byte[] StoredKey(string folder)
    {
        if (KeyFile.Read(folder) is { } left)
        {
            return left;
        }

        var key = SecretText.NewKey();
        RandomNumberGenerator.Fill(key);
        KeyFile.Write(folder, key, replace: false);
        return key;
    }

    private static byte[] CopyOf(ReadOnlySpan<byte> key)
    {
        var copy = GC.AllocateUninitializedArray<byte>(key.Length, pinned: true);
        key.CopyTo(copy);
        return copy;
    }

    private static void RefuseProject(string folder)
    {
        if (ProjectSettings.IsIn(folder))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The folder is a project already.");
        }
    }
}
