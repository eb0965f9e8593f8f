using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Sidecar.Access;

/// <summary>256 random bits as text that goes into headers and addresses, of which the sidecar keeps only the hash.</summary>
internal static class Secret
{
    private const int Bytes = 32;

    /// <summary>The characters of a secret.</summary>
    public const int Length = 43;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is kept of a secret, and looked up by: what can be learned from the time that a look-up takes does not lead back.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether a text is the secret of a hash, in a time that does not depend on where they differ.</summary>
    public static bool IsOf(string hash, string? given) =>
        given is { Length: Length } && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(HashOf(given)));
}
