namespace Pacsbin.Projects;

/// <summary>What a script has called a patient in copies, in the place of the crosswalk's pseudonym.</summary>
internal static class CrosswalkAlias
{
    private const string Kind = "alias";

    /// <summary>Adds a row if it is not there. Only inside a transaction.</summary>
    public static void Write(CrosswalkDatabase database, CrosswalkCipher cipher, byte[] patientKey, string alias)
    {
        var key = cipher.IndexOf(Kind, Convert.ToHexString(patientKey), alias);
        database.Execute(
            "INSERT INTO alias (key, name, patient, content) VALUES ($0, $1, $2, $3) ON CONFLICT DO NOTHING",
            key, NameOf(cipher, alias), patientKey, cipher.Encrypt(Kind, key, Convert.ToHexString(patientKey), alias));
    }

    /// <summary>The keys of the patients that were called so. Only inside a read or a write.</summary>
    /// <exception cref="PacsbinException">MalformedElement if a row is not what was encrypted.</exception>
    public static List<byte[]> PatientsOf(CrosswalkDatabase database, CrosswalkCipher cipher, string alias) =>
        database.Query("SELECT key, patient, content FROM alias WHERE name = $0", NameOf(cipher, alias)).ConvertAll(row =>
            cipher.Decrypt(Kind, row[0], row[2], 2) is [{ } patient, { } name] && name == alias && patient == Convert.ToHexString(row[1]) ? row[1] : throw CrosswalkDatabase.Damaged());

    private static byte[] NameOf(CrosswalkCipher cipher, string alias) => cipher.IndexOf("alias name", alias);
}
