using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>A file that carries a project's key to another machine, encrypted with a passphrase: PBKDF2-SHA256 makes a key of the passphrase, AES-256-GCM encrypts.</summary>
public static class ExportedKey
{
    /// <summary>The fewest characters that a passphrase may have: who gets hold of the file can try as many as they like.</summary>
    public const int MinimumPassphraseLength = 12;

    private const string Format = "pacsbin-exported-key/1";
    private const string Derivation = "PBKDF2-SHA256";
    private const string Cipher = "AES-256-GCM";
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>More than any such file has.</summary>
    private const int MaximumFileLength = 4096;

    /// <summary>Writes the key of a project into a file that only its owner can read.</summary>
    /// <param name="project">The project.</param>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">At least <see cref="MinimumPassphraseLength"/> characters.</param>
    /// <param name="replace">Whether a file that is there gives way.</param>
    /// <exception cref="PacsbinException">KeyMissing if the passphrase is too short; DestinationExists if a file is there that is not to be replaced; FileIo and FileAccessDenied.</exception>
    public static void Write(Project project, string path, ReadOnlySpan<char> passphrase, bool replace)
    {
        var length = 0;
        foreach (var _ in passphrase.EnumerateRunes())
        {
            length++;
        }

        if (length < MinimumPassphraseLength)
        {
            throw new PacsbinException(PacsbinError.KeyMissing, $"The passphrase has {length} characters; at least {MinimumPassphraseLength} are needed.");
        }

        if (!replace && Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The file is there already.");
        }

        var content = new ExportedKeyContent(Format, project.Settings.Id, project.Settings.KeyFingerprint, Derivation, SecretText.Rounds, RandomNumberGenerator.GetBytes(SaltLength),
            Cipher, RandomNumberGenerator.GetBytes(NonceLength), new byte[SecretText.KeyLength], new byte[TagLength]);
        using (var gcm = CipherOf(content, passphrase))
        {
            gcm.Encrypt(content.Nonce, project.Key, content.Ciphertext, content.Tag, AssociatedData(content));
        }

        WholeFile.Write(path, Serialize(content), ownerOnly: true, replace);
    }

    /// <summary>Puts the key of such a file into the folder of its project; nothing is written unless it is the project's.</summary>
    /// <param name="folder">The project's folder, which may be a copy.</param>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">What the file was written with.</param>
    /// <param name="replace">Whether a key file that is not the project's gives way.</param>
    /// <returns>Whether the key was written; false if the project has it already.</returns>
    /// <exception cref="PacsbinException">KeyMismatch if the passphrase is wrong, the file damaged or of another project; DestinationExists if the project has another key file;
    /// FileNotFound, MalformedElement, ManifestConflict, FileIo and FileAccessDenied.</exception>
    public static bool Import(string folder, string path, ReadOnlySpan<char> passphrase, bool replace)
    {
        var settings = ProjectSettings.Read(folder);
        var content = Read(path);
        if (content.Project != settings.Id || content.KeyFingerprint != settings.KeyFingerprint)
        {
            throw new PacsbinException(PacsbinError.KeyMismatch, "The file holds the key of another project.");
        }

        var key = SecretText.NewKey();
        try
        {
            Decrypt(content, passphrase, key);
            if (!Project.Fits(key, settings))
            {
                throw new PacsbinException(PacsbinError.KeyMismatch, "The file's key is not that of this project.");
            }

            using var turn = ProjectLock.Take(folder);
            switch (Project.Inspect(folder).Key)
            {
                case KeyState.Fits:
                    return false;
                case not KeyState.Missing when !replace:
                    throw new PacsbinException(PacsbinError.DestinationExists, $"The project has a {KeyFile.FileName} that holds another key, or that is refused.");
            }

            KeyFile.Write(folder, key, replace);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void Decrypt(ExportedKeyContent content, ReadOnlySpan<char> passphrase, byte[] key)
    {
        using var gcm = CipherOf(content, passphrase);
        try
        {
            gcm.Decrypt(content.Nonce, content.Ciphertext, content.Tag, key, AssociatedData(content));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PacsbinException(PacsbinError.KeyMismatch, "The passphrase is wrong, or the file is damaged.");
        }
    }

    private static ExportedKeyContent Read(string path)
    {
        var bytes = ReadBytes(path).AsSpan().Trim(" \t\r\n"u8);
        ExportedKeyContent? content;
        try
        {
            content = JsonSerializer.Deserialize(bytes, ExportedKeyJson.Default.ExportedKeyContent);
        }
        catch (JsonException)
        {
            throw Damaged();
        }

        // The rounds are not the file's to choose: fewer would be as many guesses more, a billion would take hours.
        if (content is { Format: Format } && content is not { Derivation: Derivation, Rounds: SecretText.Rounds, Cipher: Cipher })
        {
            throw new PacsbinException(PacsbinError.KeyMismatch, $"The file asks for another way of encrypting than {Derivation} with {SecretText.Rounds} rounds and {Cipher}: another version wrote it, or it is damaged.");
        }

        // There is one way to write the content down, so that every changed byte shows.
        return content is { Format: Format, Salt.Length: SaltLength, Nonce.Length: NonceLength, Ciphertext.Length: SecretText.KeyLength, Tag.Length: TagLength }
            && bytes.SequenceEqual(Serialize(content)) ? content : throw Damaged();
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = WholeFile.OpenRead(path);
            var bytes = new byte[MaximumFileLength];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length < MaximumFileLength ? bytes[..length] : throw Damaged();
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private static AesGcm CipherOf(ExportedKeyContent content, ReadOnlySpan<char> passphrase)
    {
        var secret = SecretText.Utf8(passphrase);
        var key = SecretText.Stretch(secret, content.Salt);
        CryptographicOperations.ZeroMemory(secret);
        try
        {
            return new AesGcm(key, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] AssociatedData(ExportedKeyContent content) => Encoding.UTF8.GetBytes($"{content.Format}|{content.Project}|{content.KeyFingerprint}");

    private static byte[] Serialize(ExportedKeyContent content) => JsonSerializer.SerializeToUtf8Bytes(content, ExportedKeyJson.Default.ExportedKeyContent);

    private static PacsbinException Damaged() => new(PacsbinError.KeyMismatch, "The file is not an exported key, or it is damaged.");
}

/// <summary>The content of the file.</summary>
/// <param name="Format">The version of the format.</param>
/// <param name="Project">The project's id; with the fingerprint it is what the encryption authenticates.</param>
/// <param name="KeyFingerprint">That of the project's settings.</param>
/// <param name="Derivation">How the passphrase becomes a key.</param>
/// <param name="Rounds">How often.</param>
/// <param name="Salt">Random, so that equal passphrases make different keys.</param>
/// <param name="Cipher">How the project's key is encrypted with it.</param>
/// <param name="Nonce">Random.</param>
/// <param name="Ciphertext">The project's key, encrypted.</param>
/// <param name="Tag">What shows a wrong passphrase and any change.</param>
internal sealed record ExportedKeyContent(
    string Format, string Project, string KeyFingerprint, string Derivation, int Rounds, byte[] Salt, string Cipher, byte[] Nonce, byte[] Ciphertext, byte[] Tag);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ExportedKeyContent))]
internal sealed partial class ExportedKeyJson : JsonSerializerContext;
