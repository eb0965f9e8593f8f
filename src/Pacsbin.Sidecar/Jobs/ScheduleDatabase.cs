using System.Text;
using System.Text.Json;
using Pacsbin.Projects;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>A schedule as it is kept.</summary>
internal sealed record ScheduleRecord(string Name, string Cron, DateTimeOffset Created, StudiesToDeidentify Deidentify);

/// <summary>The table of schedules, beside that of jobs; what they do is encrypted, because there are paths in it.</summary>
internal sealed class ScheduleDatabase
{
    private readonly JobStore store;
    private readonly FolderSeal seal;

    /// <param name="store">Where the table is.</param>
    /// <param name="jobs">Made before, with the key.</param>
    public ScheduleDatabase(JobStore store, JobDatabase jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        this.store = store;
        seal = new FolderSeal(store.Folder);
        store.Prepare($"CREATE TABLE IF NOT EXISTS schedule (name TEXT PRIMARY KEY, cron TEXT NOT NULL, created BIGINT NOT NULL, request {store.Bytes} NOT NULL)");
    }

    /// <summary>Adds a schedule; false if there is one of its name.</summary>
    public bool Add(ScheduleRecord schedule)
    {
        using var connection = store.Open();
        using var command = store.Command(
            connection,
            "INSERT INTO schedule (name, cron, created, request) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            schedule.Name, schedule.Cron, schedule.Created.ToUnixTimeMilliseconds(),
            seal.Seal(JsonSerializer.SerializeToUtf8Bytes(schedule.Deidentify, SidecarJson.Default.StudiesToDeidentify), BindingOf(schedule.Name)));
        return command.ExecuteNonQuery() > 0;
    }

    /// <summary>All, in the order of their names.</summary>
    public IReadOnlyList<ScheduleRecord> List()
    {
        using var connection = store.Open();
        using var command = store.Command(connection, "SELECT name, cron, created, request FROM schedule ORDER BY name");
        using var row = command.ExecuteReader();
        var all = new List<ScheduleRecord>();
        while (row.Read())
        {
            var plain = seal.Open(row.GetFieldValue<byte[]>(3), BindingOf(row.GetString(0)))
                ?? throw new PacsbinException(PacsbinError.KeyMissing, "A schedule cannot be decrypted: the file of jobs or the key beside it was changed.");
            all.Add(new ScheduleRecord(row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), JsonSerializer.Deserialize(plain, SidecarJson.Default.StudiesToDeidentify)!));
        }

        return all;
    }

    /// <summary>Deletes a schedule; false if there is none.</summary>
    public bool Delete(string name)
    {
        using var connection = store.Open();
        using var command = store.Command(connection, "DELETE FROM schedule WHERE name = $1", name);
        return command.ExecuteNonQuery() > 0;
    }

    private static byte[] BindingOf(string name) => Encoding.UTF8.GetBytes($"schedule {name}");
}
