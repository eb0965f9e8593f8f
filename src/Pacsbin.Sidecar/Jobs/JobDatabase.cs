using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Pacsbin.Projects;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>The SQLite file of jobs. What a job is to do and what came of it is encrypted, because there are paths, UIDs and perhaps a key in it.</summary>
internal sealed class JobDatabase
{
    private const string Columns = "id, kind, state, created, started, ended, attempts, cancelled, schedule, upload, request, outcome";

    private const string Schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS job (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL, started INTEGER, ended INTEGER, attempts INTEGER NOT NULL,
            cancelled INTEGER NOT NULL, schedule TEXT, upload TEXT, request BLOB, outcome BLOB NOT NULL, idempotency BLOB UNIQUE) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS job_created ON job (created);
        """;

    private readonly string connectionString;
    private readonly FolderSeal seal;

    /// <param name="store">Where the file is.</param>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied, KeyMissing.</exception>
    public JobDatabase(JobStore store)
    {
        connectionString = store.ConnectionStringOf("jobs.db");
        seal = new FolderSeal(store.Folder);
        seal.Seal([1], []); // makes the key, before several jobs would
        using var connection = Open();
        Command(connection, Schema).ExecuteNonQuery();
    }

    /// <summary>Adds a job; gives the one that was added before with the same idempotency key, if there is one.</summary>
    public JobRecord? Add(JobRecord job, byte[]? idempotency)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        if (idempotency is not null && Read(Command(connection, $"SELECT {Columns} FROM job WHERE idempotency = $1", idempotency)).FirstOrDefault() is { } known)
        {
            return known;
        }

        Command(
            connection,
            $"INSERT INTO job ({Columns}, idempotency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            [.. ValuesOf(job), idempotency]).ExecuteNonQuery();
        transaction.Commit();
        return null;
    }

    /// <summary>The job of an id; null if there is none.</summary>
    public JobRecord? Find(string id)
    {
        using var connection = Open();
        return Read(Command(connection, $"SELECT {Columns} FROM job WHERE id = $1", id)).FirstOrDefault();
    }

    /// <summary>The youngest jobs.</summary>
    public IReadOnlyList<JobRecord> List(int most, string? schedule = null)
    {
        using var connection = Open();
        return Read(Command(connection, $"SELECT {Columns} FROM job WHERE $2 IS NULL OR schedule = $2 ORDER BY created DESC, id LIMIT $1", most, schedule));
    }

    /// <summary>Jobs that have not ended.</summary>
    public IReadOnlyList<JobRecord> Unfinished()
    {
        using var connection = Open();
        return Read(Command(connection, $"SELECT {Columns} FROM job WHERE ended IS NULL ORDER BY created, id"));
    }

    /// <summary>Changes a job, unless it is gone or has ended; gives it as it is then.</summary>
    public JobRecord? Update(string id, Func<JobRecord, JobRecord> change)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        if (Read(Command(connection, $"SELECT {Columns} FROM job WHERE id = $1", id)).FirstOrDefault() is not { HasEnded: false } before)
        {
            return null;
        }

        var after = change(before);
        after = after.HasEnded ? after with { Request = null } : after; // with the key that may be in it
        Command(
            connection,
            "UPDATE job SET kind = $2, state = $3, created = $4, started = $5, ended = $6, attempts = $7, cancelled = $8, schedule = $9, upload = $10, request = $11, outcome = $12 WHERE id = $1",
            ValuesOf(after)).ExecuteNonQuery();
        transaction.Commit();
        return after;
    }

    /// <summary>Deletes a job that has ended; false if there is none.</summary>
    public bool Delete(string id)
    {
        using var connection = Open();
        return Command(connection, "DELETE FROM job WHERE id = $1 AND ended IS NOT NULL", id).ExecuteNonQuery() > 0;
    }

    /// <summary>Deletes all but the youngest of the jobs that have ended.</summary>
    public void Trim(int most)
    {
        using var connection = Open();
        Command(connection, "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE ended IS NOT NULL ORDER BY ended DESC LIMIT -1 OFFSET $1)", most).ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), values[i] ?? DBNull.Value);
        }

        return command;
    }

    private static DateTimeOffset? TimeOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Command(connection, "PRAGMA secure_delete = ON").ExecuteNonQuery();
        return connection;
    }

    private object?[] ValuesOf(JobRecord job) =>
    [
        job.Id, job.Kind.ToString(), job.State.ToString(), job.Created.ToUnixTimeMilliseconds(), job.Started?.ToUnixTimeMilliseconds(), job.Ended?.ToUnixTimeMilliseconds(), job.Attempts,
        job.IsCancelled ? 1 : 0, job.Schedule, job.Upload, job.Request is null ? null : Seal(job.Id, JsonSerializer.SerializeToUtf8Bytes(job.Request, SidecarJson.Default.JobRequest)),
        Seal(job.Id, JsonSerializer.SerializeToUtf8Bytes(job.Outcome, SidecarJson.Default.JobOutcome)),
    ];

    private List<JobRecord> Read(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        var all = new List<JobRecord>();
        while (row.Read())
        {
            var id = row.GetString(0);
            all.Add(new JobRecord(id, Enum.Parse<JobKind>(row.GetString(1)), Enum.Parse<JobState>(row.GetString(2)), TimeOf(row, 3)!.Value)
            {
                Started = TimeOf(row, 4),
                Ended = TimeOf(row, 5),
                Attempts = row.GetInt32(6),
                IsCancelled = row.GetInt32(7) != 0,
                Schedule = row.IsDBNull(8) ? null : row.GetString(8),
                Upload = row.IsDBNull(9) ? null : row.GetString(9),
                Request = row.IsDBNull(10) ? null : JsonSerializer.Deserialize(Unseal(id, row.GetFieldValue<byte[]>(10)), SidecarJson.Default.JobRequest),
                Outcome = JsonSerializer.Deserialize(Unseal(id, row.GetFieldValue<byte[]>(11)), SidecarJson.Default.JobOutcome)!,
            });
        }

        return all;
    }

    private byte[] Seal(string id, byte[] plain)
    {
        var sealedBytes = seal.Seal(plain, Encoding.ASCII.GetBytes(id));
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    private byte[] Unseal(string id, byte[] sealedBytes) => seal.Open(sealedBytes, Encoding.ASCII.GetBytes(id))
        ?? throw new PacsbinException(PacsbinError.KeyMissing, "A job cannot be decrypted: the file of jobs or the key beside it was changed. Delete both, or choose another --store.");
}
