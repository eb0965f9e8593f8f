using System.Globalization;

namespace Pacsbin.Projects;

/// <summary>The end of the audit log, kept in the crosswalk so that a log that was cut is noticed.</summary>
internal sealed class AuditHead(CrosswalkDatabase database, CrosswalkCipher cipher)
{
    private const string Kind = "audit";

    /// <summary>The number and hash of the last line, and the file's length in bytes after it.</summary>
    /// <exception cref="PacsbinException">MalformedElement if it is missing, which it never is by itself, or is not what was encrypted.</exception>
    public AuditEnd Read() => database.Read(() =>
        database.Query("SELECT value FROM meta WHERE name = 'audit'") is [[var value]] ? Parse(cipher.Decrypt(Kind, [], value, 3)) : throw CrosswalkDatabase.Damaged());

    /// <summary>Returns when it is on the disk.</summary>
    public void Write(AuditEnd end) => database.Write(() => Put(end));

    /// <summary>Writes it with what else the transaction writes. Only inside one.</summary>
    public int Put(AuditEnd end) => database.Execute(
        "INSERT INTO meta (name, value) VALUES ('audit', $0) ON CONFLICT (name) DO UPDATE SET value = $0",
        cipher.Encrypt(Kind, [], end.Number.ToString(CultureInfo.InvariantCulture), end.Hash, end.Length.ToString(CultureInfo.InvariantCulture)));

    private static AuditEnd Parse(string?[] texts) => texts is [{ } number, { } hash, { } length]
        ? new AuditEnd(long.Parse(number, CultureInfo.InvariantCulture), hash, long.Parse(length, CultureInfo.InvariantCulture))
        : throw CrosswalkDatabase.Damaged();
}

/// <summary>Where an audit log ends.</summary>
/// <param name="Number">The number of its last line; 0 for none.</param>
/// <param name="Hash">The hash of its last line.</param>
/// <param name="Length">The bytes of the file up to there.</param>
internal sealed record AuditEnd(long Number, string Hash, long Length)
{
    /// <summary>The end of a log without lines.</summary>
    public static readonly AuditEnd OfNone = new(0, AuditLine.Beginning, 0);
}
