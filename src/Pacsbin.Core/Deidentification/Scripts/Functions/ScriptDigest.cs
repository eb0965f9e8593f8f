using System.Security.Cryptography;
using System.Text;
using Pacsbin.Projects;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>What a digest is for; keyed ones differ, so that no result tells of another.</summary>
internal enum DigestPurpose
{
    Text,
    Uid,
    DateShift,
}

/// <summary>The number that the hash functions of scripts take their digits from: 128 bits, in decimal.</summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class ScriptDigest
{
    private const int Length = 16;

    // Java writes half a surrogate pair as a question mark.
    private static readonly Encoding Utf8 = Encoding.GetEncoding("utf-8", new EncoderReplacementFallback("?"), DecoderFallback.ReplacementFallback);

    private readonly byte[]? key;
    private readonly Recent?[] recents = new Recent?[1024];

    private ScriptDigest(byte[]? key) => this.key = key;

    /// <summary>CTP's: bare MD5. Whoever knows what a value looks like finds it by trying.</summary>
    internal static ScriptDigest Bare { get; } = new(null);

    /// <summary>HMAC-SHA256 under a key, of which a copy is taken.</summary>
    /// <exception cref="PacsbinException">KeyMissing if the key has fewer than <see cref="Pseudonymizer.MinimumKeyLength"/> bytes.</exception>
    internal static ScriptDigest Keyed(ReadOnlySpan<byte> key) => key.Length >= Pseudonymizer.MinimumKeyLength ? new(key.ToArray())
        : throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {key.Length} bytes; at least {Pseudonymizer.MinimumKeyLength} are needed.");

    /// <summary>The digest of a text as an unsigned decimal number.</summary>
    internal string Decimal(string text, DigestPurpose purpose)
    {
        // Patients and series come again in every file. An entry is never changed, so threads need no lock.
        ref var recent = ref recents[(text.GetHashCode(StringComparison.Ordinal) + (int)purpose) & (recents.Length - 1)];
        if (recent is { } known && known.Purpose == purpose && known.Text == text)
        {
            return known.Digits;
        }

        var digits = Hash(text, purpose);
        recent = new Recent(text, purpose, digits);
        return digits;
    }

    private string Hash(string text, DigestPurpose purpose)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (key is null)
        {
#pragma warning disable CA5351 // What CTP's users have in their archives was made with MD5.
            MD5.HashData(Utf8.GetBytes(text), hash);
#pragma warning restore CA5351
        }
        else
        {
            HMACSHA256.HashData(key, Utf8.GetBytes($"script {purpose}\0{text}"), hash);
        }

        Span<byte> digits = stackalloc byte[Pseudonymizer.LongestDecimal];
        return Encoding.ASCII.GetString(digits[..Pseudonymizer.WriteDecimal(hash[..Length], digits)]);
    }

    private sealed record Recent(string Text, DigestPurpose Purpose, string Digits)
    {
        public override string ToString() => nameof(Recent);
    }
}
