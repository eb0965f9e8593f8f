using System.Globalization;

namespace Pacsbin.Projects;

/// <summary>The numbers that a script gives values, counted from 1 for each type, once for all runs and processes.</summary>
internal static class CrosswalkCounter
{
    private const string Kind = "counter";

    /// <summary>The number of a value, which is the next one if it has none. Only inside a transaction.</summary>
    /// <exception cref="PacsbinException">MalformedElement if a row is not what was encrypted.</exception>
    public static long NumberOf(CrosswalkDatabase database, CrosswalkCipher cipher, string type, string value)
    {
        var key = cipher.IndexOf(Kind, type, value);
        if (database.Query("SELECT content FROM counter WHERE key = $0", key) is [[var content]])
        {
            return cipher.Decrypt(Kind, key, content, 1) is [{ } stored] ? long.Parse(stored, CultureInfo.InvariantCulture) : throw CrosswalkDatabase.Damaged();
        }

        var index = cipher.IndexOf("counter type", type);
        var number = database.Number("SELECT count(*) FROM counter WHERE type = $0", index) + 1;
        database.Execute("INSERT INTO counter (key, type, content) VALUES ($0, $1, $2)", key, index, cipher.Encrypt(Kind, key, number.ToString(CultureInfo.InvariantCulture)));
        return number;
    }
}
