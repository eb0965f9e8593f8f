namespace Pacsbin.Projects;

/// <summary>A series or an instance of a crosswalk.</summary>
/// <param name="Parent">The key of the study's or series' row, in hexadecimal digits.</param>
/// <param name="Original">The UID as the hospital has it.</param>
/// <param name="Replacement">The new one.</param>
internal sealed record CrosswalkUid(string Parent, string Original, string Replacement)
{
    /// <summary>The table of series, and the kind of their rows.</summary>
    public const string Series = "series";

    /// <summary>The table of instances, and the kind of their rows.</summary>
    public const string Instance = "instance";

    /// <summary>The index that finds a row by a new UID.</summary>
    public static byte[] IndexOf(CrosswalkCipher cipher, string replacement) => cipher.IndexOf("replacement", replacement);

    /// <summary>Adds a row if it is not there. Only inside a transaction.</summary>
    /// <returns>The row's key.</returns>
    public static byte[] Write(CrosswalkDatabase database, CrosswalkCipher cipher, string kind, string parent, string original, string replacement)
    {
        var key = cipher.IndexOf(kind, parent, original, replacement);
        database.Execute(
            kind == Series
                ? "INSERT INTO series (key, replacement, content) VALUES ($0, $1, $2) ON CONFLICT DO NOTHING"
                : "INSERT INTO instance (key, replacement, content) VALUES ($0, $1, $2) ON CONFLICT DO NOTHING",
            key, IndexOf(cipher, replacement), cipher.Encrypt(kind, key, parent, original, replacement));
        return key;
    }

    /// <exception cref="PacsbinException">MalformedElement if the row is not what was encrypted.</exception>
    public static CrosswalkUid Read(CrosswalkCipher cipher, string kind, byte[] key, byte[] content) =>
        cipher.Decrypt(kind, key, content, 3) is [{ } parent, { } original, { } replacement]
            ? new CrosswalkUid(parent, original, replacement)
            : throw CrosswalkDatabase.Damaged();

    public override string ToString() => nameof(CrosswalkUid);
}
