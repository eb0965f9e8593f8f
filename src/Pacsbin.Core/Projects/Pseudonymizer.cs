using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>Derives pseudonyms, UIDs and date shifts from originals with a secret key: the same original and key give the same result.</summary>
/// <remarks>Safe for use by several threads. Nothing of an original can be told from a result without the key.</remarks>
public sealed class Pseudonymizer : IDisposable
{
    /// <summary>The fewest bytes a key may have.</summary>
    public const int MinimumKeyLength = 16;

    /// <summary>The most days that a patient's dates are moved into the past.</summary>
    public const int MaximumDateShiftDays = 3650;

    /// <summary>Room for a 128-bit number in decimal.</summary>
    internal const int LongestDecimal = 45;

    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private readonly byte[] key;
    private readonly RecentUid?[] recentUids = new RecentUid?[128];

    /// <summary>The characters of a pseudonym, 1 to 12. With fewer, tests see what happens when two patients would get the same.</summary>
    internal int PseudonymLength { get; init; } = 10;

    /// <summary>Takes a copy of a key.</summary>
    /// <exception cref="PacsbinException">KeyMissing if the key has fewer than <see cref="MinimumKeyLength"/> bytes.</exception>
    public Pseudonymizer(ReadOnlySpan<byte> key)
    {
        if (key.Length < MinimumKeyLength)
        {
            throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {key.Length} bytes; at least {MinimumKeyLength} are needed.");
        }

        this.key = key.ToArray();
    }

    /// <summary>Makes one with a random 256-bit key, which is gone when it is disposed.</summary>
    public static Pseudonymizer CreateRandom()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        var result = new Pseudonymizer(random);
        CryptographicOperations.ZeroMemory(random);
        return result;
    }

    /// <summary>The pseudonym of a patient: 10 characters of Crockford's base 32.</summary>
    /// <param name="patient">The original patient.</param>
    public string PatientPseudonym(PatientKey patient) => PatientPseudonym(patient, 0);

    /// <summary>A pseudonym of a patient's own series: the first, 0, unless another patient has it already.</summary>
    internal string PatientPseudonym(PatientKey patient, int attempt)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(attempt == 0 ? "patient" : $"patient {attempt}", patient, hash);
        var bits = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return string.Create(PseudonymLength, bits, static (text, bits) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Crockford[(int)(bits >> (59 - (5 * i))) & 31];
            }
        });
    }

    /// <summary>The days that all dates of a patient move: -1 to -<see cref="MaximumDateShiftDays"/>.</summary>
    /// <param name="patient">The original patient.</param>
    public int DateShiftDays(PatientKey patient)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash("dates", patient, hash);
        return -(1 + (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % MaximumDateShiftDays));
    }

    /// <summary>The replacement of a UID, 2.25. and a 128-bit number (PS3.5 B.2), as ASCII of at most 44 bytes; not to be written to.</summary>
    /// <param name="uid">The original without padding; UIDs of PS3.6 Annex A come back as they are.</param>
    public byte[] Uid(ReadOnlySpan<byte> uid)
    {
        // Study, series and frame of reference come again in every file. An entry is never changed, so threads need no lock.
        ref var recent = ref recentUids[SlotOf(uid)];
        if (recent is { } entry && uid.SequenceEqual(entry.Original))
        {
            return entry.Replacement;
        }

        var replacement = MakeUid(uid);
        recent = new RecentUid(uid.ToArray(), replacement);
        return replacement;
    }

    /// <summary>The replacement of a UID as text.</summary>
    public string Uid(string uid) => Encoding.ASCII.GetString(Uid(Encoding.UTF8.GetBytes(uid)));

    /// <summary>16 bytes that are equal for the same key and settings, and say nothing about either.</summary>
    internal byte[] Fingerprint(string settings)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash("settings", Encoding.UTF8.GetBytes(settings), hash);
        return hash[..16].ToArray();
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    private byte[] MakeUid(ReadOnlySpan<byte> uid)
    {
        if (WellKnownUids.Contains(uid))
        {
            return uid.ToArray();
        }

        Span<byte> hash = stackalloc byte[32];
        Hash("uid", uid, hash);
        Span<byte> text = stackalloc byte[48];
        "2.25."u8.CopyTo(text);
        var digits = WriteDecimal(hash[..16], text[5..]);
        return text[..(5 + digits)].ToArray();
    }

    private static int SlotOf(ReadOnlySpan<byte> uid)
    {
        var hash = (uint)uid.Length;
        foreach (var character in uid)
        {
            hash = (hash * 31) + character;
        }

        return (int)((hash * 0x9E3779B1u) >> 25);
    }

    /// <summary>Writes a 128-bit number without leading zeros and gives the number of digits; UInt128 takes five times as long, and a file has a dozen UIDs.</summary>
    internal static int WriteDecimal(ReadOnlySpan<byte> bigEndian, Span<byte> text)
    {
        const uint Billion = 1_000_000_000;
        Span<uint> limbs = stackalloc uint[4];
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt32BigEndian(bigEndian[(4 * i)..]);
        }

        Span<byte> digits = stackalloc byte[LongestDecimal];
        for (var end = digits.Length; end > 0; end -= 9)
        {
            ulong remainder = 0;
            for (var i = 0; i < limbs.Length; i++)
            {
                var value = (remainder << 32) | limbs[i];
                limbs[i] = (uint)(value / Billion);
                remainder = value % Billion;
            }

            for (var i = 1; i <= 9; i++)
            {
                digits[end - i] = (byte)('0' + (remainder % 10));
                remainder /= 10;
            }
        }

        var significant = digits.TrimStart((byte)'0');
        significant = significant.IsEmpty ? digits[^1..] : significant;
        significant.CopyTo(text);
        return significant.Length;
    }

    private void Hash(string purpose, PatientKey patient, Span<byte> hash)
    {
        // The first bar that stands alone ends the issuer; no LO value has a backslash of its own.
        var issuer = patient.Issuer.Replace("|", "\\|", StringComparison.Ordinal);
        Hash(purpose, Encoding.UTF8.GetBytes($"{issuer}|{patient.Id}"), hash);
    }

    private void Hash(string purpose, ReadOnlySpan<byte> original, Span<byte> hash)
    {
        // The purpose keeps, say, a UID that is also a patient's id from giving related results.
        Span<byte> stack = stackalloc byte[256];
        var length = purpose.Length + 1 + original.Length;
        var message = length <= stack.Length ? stack[..length] : new byte[length];
        Encoding.ASCII.GetBytes(purpose, message);
        message[purpose.Length] = 0;
        original.CopyTo(message[(purpose.Length + 1)..]);
        HMACSHA256.HashData(key, message, hash);
    }

    private sealed record RecentUid(byte[] Original, byte[] Replacement)
    {
        public override string ToString() => nameof(RecentUid);
    }
}
