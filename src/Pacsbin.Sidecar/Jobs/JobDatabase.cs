using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pacsbin.Projects;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>The table of jobs. What a job is to do and what came of it is encrypted, because there are paths, UIDs and perhaps a key in it.</summary>
internal sealed class JobDatabase
{
    private const string Columns = "id, kind, state, created, started, ended, attempts, cancelled, schedule, upload, parent, request, outcome";

    private readonly JobStore store;
    private readonly FolderSeal seal;

    /// <param name="store">Where the table is.</param>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied, KeyMissing.</exception>
    public JobDatabase(JobStore store)
    {
        this.store = store;
        seal = new FolderSeal(store.Folder);
        using (store.TakeTurn())
        {
            seal.Seal([1], []); // makes the key, before several jobs or sidecars would
        }

        store.Prepare($"""
            CREATE TABLE IF NOT EXISTS job (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created BIGINT NOT NULL, started BIGINT, ended BIGINT, attempts INTEGER NOT NULL, cancelled INTEGER NOT NULL,
                schedule TEXT, upload TEXT, parent TEXT, request {store.Bytes}, outcome {store.Bytes} NOT NULL, idempotency {store.Bytes} UNIQUE);
            CREATE INDEX IF NOT EXISTS job_created ON job (created)
            """);
        if (!store.IsShared)
        {
            AddParent(); // which the first tables did not have
        }

        store.Prepare("CREATE INDEX IF NOT EXISTS job_parent ON job (parent)");
    }

    private void AddParent()
    {
        using var connection = store.Open();
        using var has = store.Command(connection, "SELECT count(*) FROM pragma_table_info('job') WHERE name = 'parent'");
        if ((long)has.ExecuteScalar()! == 0)
        {
            using var add = store.Command(connection, "ALTER TABLE job ADD COLUMN parent TEXT");
            add.ExecuteNonQuery();
        }
    }

    /// <summary>Adds a job; gives the one that was added before with the same idempotency key, if there is one.</summary>
    public JobRecord? Add(JobRecord job, byte[]? idempotency)
    {
        using var connection = store.Open();
        return Insert(connection, job, idempotency) || idempotency is null ? null : Read(connection, $"SELECT {Columns} FROM job WHERE idempotency = $1", idempotency).FirstOrDefault();
    }

    /// <summary>Adds the parts of a job, unless they are there already, and what is known of it so far.</summary>
    public void AddParts(string id, JobOutcome outcome, IReadOnlyList<JobRecord> parts)
    {
        using var connection = store.Open();
        using var transaction = connection.BeginTransaction();
        if (Update(connection, id, job => job with { Outcome = outcome }) is not null && Read(connection, $"SELECT {Columns} FROM job WHERE parent = $1", id).Count == 0)
        {
            foreach (var part in parts)
            {
                Insert(connection, part, null);
            }
        }

        transaction.Commit();
    }

    /// <summary>The job of an id; null if there is none.</summary>
    public JobRecord? Find(string id)
    {
        using var connection = store.Open();
        return Read(connection, $"SELECT {Columns} FROM job WHERE id = $1", id).FirstOrDefault();
    }

    /// <summary>The parts of a job, in the order of their ids.</summary>
    public IReadOnlyList<JobRecord> Parts(string id)
    {
        using var connection = store.Open();
        return Read(connection, $"SELECT {Columns} FROM job WHERE parent = $1 ORDER BY id", id);
    }

    /// <summary>The youngest jobs, without their parts.</summary>
    public IReadOnlyList<JobRecord> List(int most, string? schedule = null)
    {
        using var connection = store.Open();
        return Read(connection, $"SELECT {Columns} FROM job WHERE parent IS NULL AND (CAST($2 AS TEXT) IS NULL OR schedule = CAST($2 AS TEXT)) ORDER BY created DESC, id LIMIT $1", most, schedule);
    }

    /// <summary>Jobs and parts that have not ended.</summary>
    public IReadOnlyList<JobRecord> Unfinished()
    {
        using var connection = store.Open();
        return Read(connection, $"SELECT {Columns} FROM job WHERE ended IS NULL ORDER BY created, id");
    }

    /// <summary>Changes a job, unless it is gone or has ended; gives it as it is then.</summary>
    public JobRecord? Update(string id, Func<JobRecord, JobRecord> change)
    {
        using var connection = store.Open();
        using var transaction = connection.BeginTransaction();
        var after = Update(connection, id, change);
        transaction.Commit();
        return after;
    }

    /// <summary>Ends a job when its last part has ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="combine">Makes its end of its parts.</param>
    /// <returns>The job, if it has ended now; null otherwise.</returns>
    public JobRecord? EndByParts(string id, Func<JobRecord, IReadOnlyList<JobRecord>, JobRecord> combine)
    {
        using var connection = store.Open();
        using var transaction = connection.BeginTransaction();
        if (Read(connection, $"SELECT {Columns} FROM job WHERE id = $1{store.ForUpdate}", id) is not [{ HasEnded: false }])
        {
            return null;
        }

        var parts = Read(connection, $"SELECT {Columns} FROM job WHERE parent = $1 ORDER BY id", id); // after the row is ours: whoever ends the last part sees all ends
        var after = parts.Count > 0 && parts.All(p => p.HasEnded) ? Update(connection, id, job => combine(job, parts)) : null;
        transaction.Commit();
        return after;
    }

    /// <summary>Deletes a job that has ended; false if there is none.</summary>
    public bool Delete(string id)
    {
        using var connection = store.Open();
        using var parts = store.Command(connection, "DELETE FROM job WHERE parent IN (SELECT id FROM job WHERE id = $1 AND ended IS NOT NULL)", id);
        parts.ExecuteNonQuery();
        using var job = store.Command(connection, "DELETE FROM job WHERE id = $1 AND ended IS NOT NULL AND parent IS NULL", id);
        return job.ExecuteNonQuery() > 0;
    }

    /// <summary>Deletes all but the youngest of the jobs that have ended; whether there were any.</summary>
    public bool Trim(int most)
    {
        using var connection = store.Open();
        var kept = Read(connection, $"SELECT {Columns} FROM job WHERE parent IS NULL AND ended IS NOT NULL ORDER BY ended DESC LIMIT 1 OFFSET $1", most - 1);
        if (kept is not [{ Ended: { } oldest }])
        {
            return false;
        }

        using var command = store.Command(connection, "DELETE FROM job WHERE ended < $1 AND (parent IS NULL OR parent NOT IN (SELECT id FROM job WHERE ended IS NULL))", oldest.ToUnixTimeMilliseconds());
        return command.ExecuteNonQuery() > 0;
    }

    private static DateTimeOffset? TimeOf(DbDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private bool Insert(DbConnection connection, JobRecord job, byte[]? idempotency)
    {
        using var command = store.Command(
            connection,
            $"INSERT INTO job ({Columns}, idempotency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (idempotency) DO NOTHING",
            [.. ValuesOf(job), idempotency]);
        return command.ExecuteNonQuery() > 0;
    }

    private JobRecord? Update(DbConnection connection, string id, Func<JobRecord, JobRecord> change)
    {
        if (Read(connection, $"SELECT {Columns} FROM job WHERE id = $1{store.ForUpdate}", id) is not [{ HasEnded: false } before])
        {
            return null;
        }

        var after = change(before);
        after = after.HasEnded ? after with { Request = null } : after; // with the key that may be in it
        using var command = store.Command(
            connection,
            "UPDATE job SET kind = $2, state = $3, created = $4, started = $5, ended = $6, attempts = $7, cancelled = $8, schedule = $9, upload = $10, parent = $11, request = $12, outcome = $13 WHERE id = $1",
            ValuesOf(after));
        command.ExecuteNonQuery();
        return after;
    }

    private object?[] ValuesOf(JobRecord job) =>
    [
        job.Id, job.Kind.ToString(), job.State.ToString(), job.Created.ToUnixTimeMilliseconds(), job.Started?.ToUnixTimeMilliseconds(), job.Ended?.ToUnixTimeMilliseconds(), job.Attempts,
        job.IsCancelled ? 1 : 0, job.Schedule, job.Upload, job.Parent, job.Request is null ? null : Seal(job.Id, JsonSerializer.SerializeToUtf8Bytes(job.Request, SidecarJson.Default.JobRequest)),
        Seal(job.Id, JsonSerializer.SerializeToUtf8Bytes(job.Outcome, SidecarJson.Default.JobOutcome)),
    ];

    private List<JobRecord> Read(DbConnection connection, string query, params ReadOnlySpan<object?> values)
    {
        using var command = store.Command(connection, query, values);
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
                Parent = row.IsDBNull(10) ? null : row.GetString(10),
                Request = row.IsDBNull(11) ? null : JsonSerializer.Deserialize(Unseal(id, row.GetFieldValue<byte[]>(11)), SidecarJson.Default.JobRequest),
                Outcome = JsonSerializer.Deserialize(Unseal(id, row.GetFieldValue<byte[]>(12)), SidecarJson.Default.JobOutcome)!,
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
