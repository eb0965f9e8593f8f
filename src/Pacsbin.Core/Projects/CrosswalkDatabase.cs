using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Pacsbin.Projects;

/// <summary>The tables of a crosswalk: what waits is written in one transaction, and other processes may read and write them too.</summary>
/// <remarks>Safe for use by several threads.</remarks>
internal abstract class CrosswalkDatabase : IDisposable
{
    /// <summary>The file's name in a project's folder.</summary>
    public const string FileName = "crosswalk.db";

    /// <summary>The version of the tables that this class reads and writes.</summary>
    protected const int SchemaVersion = 2;

    // Keyed by hashes: no order and no time can be read from a table.
    private static readonly string[] FirstTables =
    [
        "meta (name TEXT PRIMARY KEY, value BYTES NOT NULL)",
        "patient (key BYTES PRIMARY KEY, pseudonym BYTES NOT NULL UNIQUE, id BYTES NOT NULL, content BYTES NOT NULL)",
        "study (key BYTES PRIMARY KEY, replacement BYTES NOT NULL, patient BYTES NOT NULL, content BYTES NOT NULL)",
        "series (key BYTES PRIMARY KEY, replacement BYTES NOT NULL, content BYTES NOT NULL)",
        "instance (key BYTES PRIMARY KEY, replacement BYTES NOT NULL, content BYTES NOT NULL)",
    ];

    private static readonly string[] FirstIndexes =
        ["patient_id ON patient (id)", "study_replacement ON study (replacement)", "study_patient ON study (patient)", "series_replacement ON series (replacement)", "instance_replacement ON instance (replacement)"];

    /// <summary>What version 2 added: what patients are called by scripts, and the numbers that scripts count.</summary>
    private static readonly string[] AddedTables =
    [
        "alias (key BYTES PRIMARY KEY, name BYTES NOT NULL, patient BYTES NOT NULL, content BYTES NOT NULL)",
        "counter (key BYTES PRIMARY KEY, type BYTES NOT NULL, content BYTES NOT NULL)",
    ];

    private static readonly string[] AddedIndexes = ["alias_name ON alias (name)", "counter_type ON counter (type)"];

    /// <summary>How long another process may keep the tables locked.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, DbCommand> commands = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Request> waiting = new();
    private readonly Lock gate = new();

    private protected CrosswalkDatabase(DbConnection connection) => Connection = connection;

    private protected DbConnection Connection { get; private set; }

    /// <summary>Opens the crosswalk of a project, in the project's folder or in the database that machines share.</summary>
    /// <param name="project">The project.</param>
    /// <param name="isNew">Whether it is made if it is missing.</param>
    /// <exception cref="PacsbinException">FileNotFound if it is missing; MalformedElement if it is damaged, of another version or no crosswalk; ManifestConflict, FileIo, FileAccessDenied; ArchiveFailed if the database does not answer.</exception>
    public static CrosswalkDatabase Open(Project project, bool isNew = false) =>
        project.Server is { } server ? CrosswalkSchema.Open(project, server, isNew) : CrosswalkFile.Open(project.Folder, isNew);

    /// <summary>Says that the tables are not what was written.</summary>
    public static PacsbinException Damaged(Exception? inner = null) =>
        new(PacsbinError.MalformedElement, $"The project's {FileName} is damaged, or is no crosswalk. Put a backup of it in its place.", innerException: inner);

    /// <summary>Does something with the tables while no other thread of this process does.</summary>
    public T Read<T>(Func<T> work)
    {
        lock (gate)
        {
            return Explaining(() => Retrying(() =>
            {
                Reconnect();
                return work();
            }));
        }
    }

    /// <summary>Does something in a transaction that only one process has at a time, with what other threads wait to write, and returns when it is on the disk.</summary>
    public T Write<T>(Func<T> work)
    {
        T result = default!;
        var request = new Request(() => result = work());
        waiting.Enqueue(request);
        lock (gate)
        {
            if (!request.IsDone)
            {
                Commit();
            }
        }

        request.Error?.Throw();
        return result;
    }

    /// <summary>Executes a statement; the number of rows that it changed. Only inside <see cref="Read{T}"/> and <see cref="Write{T}"/>.</summary>
    /// <param name="sql">With the parameters $0, $1 and so on.</param>
    /// <param name="values">Of the parameters.</param>
    public int Execute(string sql, params ReadOnlySpan<object> values) => Command(sql, values).ExecuteNonQuery();

    /// <summary>The rows of a query. Only inside <see cref="Read{T}"/> and <see cref="Write{T}"/>.</summary>
    /// <inheritdoc cref="Execute"/>
    public List<byte[][]> Query(string sql, params ReadOnlySpan<object> values)
    {
        var rows = new List<byte[][]>();
        using var reader = Command(sql, values).ExecuteReader();
        while (reader.Read())
        {
            var row = new byte[reader.FieldCount][];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.GetFieldValue<byte[]>(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The number that a query gives. Only inside <see cref="Read{T}"/> and <see cref="Write{T}"/>.</summary>
    /// <inheritdoc cref="Execute"/>
    public long Number(string sql, params ReadOnlySpan<object> values) => Convert.ToInt64(Command(sql, values).ExecuteScalar(), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Forget();
        Connection.Dispose();
    }

    /// <summary>Sees to it that there is a connection.</summary>
    private protected virtual void Reconnect()
    {
    }

    /// <summary>Begins a transaction that only one process has at a time.</summary>
    private protected abstract void Begin();

    /// <summary>Whether another process is at work, or too many began at the same moment.</summary>
    private protected abstract bool IsBusy(DbException exception);

    /// <summary>Says what an error of the database means.</summary>
    private protected abstract PacsbinException Explain(DbException exception);

    /// <summary>Makes a statement of one with the parameters $0, $1 and so on.</summary>
    private protected abstract DbCommand Prepare(string sql, int parameters);

    /// <summary>The statements that make the tables.</summary>
    /// <param name="bytes">The type of a column of bytes.</param>
    /// <param name="ending">What a table's statement ends with.</param>
    /// <param name="fromVersion">0 for all of them, 1 for those that version 2 added.</param>
    private protected static string TablesOf(string bytes, string ending, int fromVersion)
    {
        var tables = fromVersion == 0 ? FirstTables.Concat(AddedTables) : AddedTables;
        var indexes = fromVersion == 0 ? FirstIndexes.Concat(AddedIndexes) : AddedIndexes;
        return string.Concat(tables.Select(t => $"CREATE TABLE {t.Replace("BYTES", bytes, StringComparison.Ordinal)}{ending};").Concat(indexes.Select(i => $"CREATE INDEX {i};")));
    }

    /// <summary>Goes on with another connection.</summary>
    private protected void Replace(DbConnection connection)
    {
        Forget();
        Connection.Dispose();
        Connection = connection;
    }

    private protected void RunScript(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private protected void RollBack()
    {
        try
        {
            RunScript("ROLLBACK");
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // The database has done so itself, as SQLite does when a disk is full, or is gone.
        }
    }

    private protected T Retrying<T>(Func<T> work)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return work();
            }
            catch (DbException e) when (IsBusy(e) && since.Elapsed < Patience)
            {
                Thread.Sleep(Random.Shared.Next(2, 40));
            }
        }
    }

    private protected T Explaining<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DbException e)
        {
            throw Explain(e);
        }
    }

    private protected void Explaining(Action work) => Explaining(() =>
    {
        work();
        return true;
    });

    private DbCommand Command(string sql, ReadOnlySpan<object> values)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = Prepare(sql, values.Length);
            commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    private void Forget()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }

        commands.Clear();
    }

    /// <summary>Writes all that waits. What fails takes nothing else with it, unless the whole transaction does.</summary>
    private void Commit()
    {
        var group = new List<Request>();
        while (waiting.TryDequeue(out var request))
        {
            group.Add(request);
        }

        try
        {
            Explaining(() =>
            {
                Retrying(() =>
                {
                    Reconnect();
                    Begin();
                    return true;
                });
                foreach (var request in group)
                {
                    Run(request);
                }

                Execute("COMMIT");
            });
        }
        catch (Exception e) // each thread that waits gets it, this one too
        {
            RollBack();
            foreach (var request in group)
            {
                request.Error ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        foreach (var request in group)
        {
            request.IsDone = true;
        }
    }

    private void Run(Request request)
    {
        Execute("SAVEPOINT request");
        try
        {
            Explaining(request.Work);
        }
        catch (Exception e) // the thread that waits for this request gets it; the others go on
        {
            request.Error = ExceptionDispatchInfo.Capture(e);
            Execute("ROLLBACK TO request");
        }

        Execute("RELEASE request");
    }

    /// <summary>What a thread waits for.</summary>
    private sealed class Request(Action work)
    {
        public Action Work { get; } = work;

        public bool IsDone { get; set; }

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
