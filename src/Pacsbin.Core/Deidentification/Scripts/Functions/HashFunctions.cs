using System.Globalization;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>CTP's functions that replace a value by digits of its hash.</summary>
internal static class HashFunctions
{
    /// <summary>What hashname takes where its length is no number.</summary>
    internal const int NameLength = 4;

    private const int LongestUid = 64; // PS3.5 9.1
    private const int MostDays = 3650;

    /// <summary>The first digits of a value's hash.</summary>
    /// <param name="digest">The hash.</param>
    /// <param name="value">Several values are one text, with backslashes.</param>
    /// <param name="length">Characters; all of them if below 1.</param>
    internal static string Hash(ScriptDigest digest, string value, int length)
    {
        var digits = digest.Decimal(value, DigestPurpose.Text);
        return length < 1 || digits.Length <= length ? digits : digits[..length];
    }

    /// <summary>A UID of a root and a UID's hash, at most 64 characters. The root gets a period unless it is empty.</summary>
    internal static string HashUid(ScriptDigest digest, string root, string uid)
    {
        root = JavaText.Trim(root);
        root = root.Length == 0 || root.EndsWith('.') ? root : root + ".";
        var digits = digest.Decimal(uid, DigestPurpose.Uid);
        var made = root + (digits[0] == '0' ? "9" : "") + digits;
        return made.Length > LongestUid ? made[..LongestUid] : made;
    }

    /// <summary>The first digits of the hash of a patient's ID at a site.</summary>
    internal static string HashPatientId(ScriptDigest digest, string? site, string id, int length) =>
        Hash(digest, $"[{JavaText.Trim(site ?? "")}]{JavaText.Trim(id)}", length);

    /// <summary>The first digits of the hash of a name's parts, in upper case and without punctuation.</summary>
    /// <param name="digest">The hash.</param>
    /// <param name="name">A person's name.</param>
    /// <param name="length">Characters; all of them if below 1.</param>
    /// <param name="parts">How many parts between carets count; all of them if below 1.</param>
    internal static string HashName(ScriptDigest digest, string name, int length, int parts)
    {
        var split = JavaText.Split(name, '^');
        var joined = string.Concat(parts < 1 ? split : split.Take(parts));
        return Hash(digest, JavaText.ToUpper(string.Concat(joined.Where(c => !JavaText.IsSpace(c) && c is not (',' or '\'' or '^' or '.')))), length);
    }

    /// <summary>Dates moved into the past by up to ten years, the same for every date of a key; null for an empty value.</summary>
    internal static string? HashDate(ScriptDigest digest, string dates, string key) =>
        dates.Length < 8 ? null : DateFunctions.Increment(dates, DaysOf(digest, key));

    /// <summary>How far hashdate moves a key's dates.</summary>
    internal static int DaysOf(ScriptDigest digest, string key)
    {
        var digits = digest.Decimal(key, DigestPurpose.DateShift);
        var days = int.Parse(digits.AsSpan(Math.Max(0, digits.Length - 4)), CultureInfo.InvariantCulture) % MostDays;
        return days == 0 ? -1 : -days;
    }
}
