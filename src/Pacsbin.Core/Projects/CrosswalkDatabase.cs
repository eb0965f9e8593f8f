using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;

namespace Pacsbin.Projects;

/// <summary>The SQLite file of a crosswalk: what waits is written in one transaction, and other processes may read and write it too.</summary>
/// <remarks>Safe for use by several threads. SQLite's write-ahead log needs all of those processes on one machine.</remarks>
internal sealed class CrosswalkDatabase : IDisposable
{
    /// <summary>The file's name in a project's folder.</summary>
    public const string FileName = "crosswalk.db";

    /// <summary>The version of the tables that this class reads and writes.</summary>
    private const int SchemaVersion = 2;

    /// <summary>"PaBi": says whose file it is.</summary>
    private const int ApplicationId = 0x50614269;

    /// <summary>How long another process may keep the file locked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What version 2 added: what patients are called by scripts, and the numbers that scripts count.</summary>
    private static readonly string FromVersion1 = $"""
        CREATE TABLE alias (key BLOB PRIMARY KEY, name BLOB NOT NULL, patient BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX alias_name ON alias (name);
        CREATE TABLE counter (key BLOB PRIMARY KEY, type BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX counter_type ON counter (type);
        PRAGMA user_version = {SchemaVersion};
        """;

    // Keyed by hashes and without row numbers: no order and no time can be read from a table.
    private static readonly string Schema = $"""
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE patient (key BLOB PRIMARY KEY, pseudonym BLOB NOT NULL UNIQUE, id BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX patient_id ON patient (id);
        CREATE TABLE study (key BLOB PRIMARY KEY, replacement BLOB NOT NULL, patient BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX study_replacement ON study (replacement);
        CREATE INDEX study_patient ON study (patient);
        CREATE TABLE series (key BLOB PRIMARY KEY, replacement BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX series_replacement ON series (replacement);
        CREATE TABLE instance (key BLOB PRIMARY KEY, replacement BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX instance_replacement ON instance (replacement);
        PRAGMA application_id = {ApplicationId};
        {FromVersion1}
        """;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Request> waiting = new();
    private readonly Lock gate = new();

    private CrosswalkDatabase(SqliteConnection connection) => this.connection = connection;

    /// <summary>Opens the crosswalk of a project's folder; a new one is readable by its owner only, as are the files that SQLite puts beside it.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="isNew">Whether it is made if it is missing.</param>
    /// <exception cref="PacsbinException">FileNotFound if it is missing; MalformedElement if the file is damaged, of another version or no crosswalk; ManifestConflict, FileIo, FileAccessDenied.</exception>
    public static CrosswalkDatabase Open(string folder, bool isNew = false)
    {
        var path = Path.Join(folder, FileName);
        if (isNew)
        {
            CreateFile(path);
        }
        else
        {
            RequireFile(path);
        }

        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)Patience.TotalSeconds,
        };
        var database = new CrosswalkDatabase(new SqliteConnection(text.ToString()));
        try
        {
            Explaining(() =>
            {
                database.connection.Open();
                Retrying(() => database.Prepare(isNew));
            });
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Says that the file is not what was written.</summary>
    public static PacsbinException Damaged(Exception? inner = null) =>
        new(PacsbinError.MalformedElement, $"The project's {FileName} is damaged, or is no crosswalk. Put a backup of it in its place.", innerException: inner);

    /// <summary>Does something with the tables while no other thread of this process does.</summary>
    public T Read<T>(Func<T> work)
    {
        lock (gate)
        {
            return Explaining(() => Retrying(work));
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

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>A new one in the place of one that was lost would give each patient a second pseudonym.</summary>
    private static void RequireFile(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: var length })
        {
            throw new PacsbinException(PacsbinError.FileNotFound, $"The project's {FileName} is missing: it knows which patient has which pseudonym. Restore the backup of the project's folder.");
        }

        if (length == 0)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The project's {FileName} is empty. Restore the backup of the project's folder.");
        }
    }

    private bool Prepare(bool isNew)
    {
        RunScript("PRAGMA busy_timeout = 10000; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
        if (isNew && Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            RunScript("PRAGMA journal_mode = WAL;");
            MakeTables(Schema, ofVersion: 0);
        }

        if (Number("PRAGMA application_id") != ApplicationId)
        {
            throw Damaged();
        }

        if (Number("PRAGMA user_version") == 1)
        {
            MakeTables(FromVersion1, ofVersion: 1);
        }

        if (Number("PRAGMA user_version") is not SchemaVersion and var version)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The project's {FileName} is of version {version}; this version of PacsbinPS reads {SchemaVersion}.");
        }

        RunScript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        return true;
    }

    private void MakeTables(string script, int ofVersion)
    {
        RunScript("BEGIN IMMEDIATE;");
        try
        {
            if (Number("PRAGMA user_version") == ofVersion) // another process may have been faster
            {
                RunScript(script);
            }

            RunScript("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    private void RunScript(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object> values)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter($"${i}", null));
            }

            commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
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
                Retrying(() => Execute("BEGIN IMMEDIATE"));
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

    private void RollBack()
    {
        try
        {
            RunScript("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has done so itself, as it does when a disk is full.
        }
    }

    private static T Retrying<T>(Func<T> work)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return work();
            }
            catch (SqliteException e) when (IsBusy(e) && since.Elapsed < Patience)
            {
                Thread.Sleep(Random.Shared.Next(2, 40));
            }
        }
    }

    /// <summary>SQLITE_BUSY, SQLITE_LOCKED, and SQLITE_PROTOCOL: too many processes began at the same moment.</summary>
    private static bool IsBusy(SqliteException e) => e.SqliteErrorCode is 5 or 6 or 15;

    private static void Explaining(Action work) => Explaining(() =>
    {
        work();
        return true;
    });

    private static T Explaining<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw e.SqliteErrorCode switch
            {
                5 or 6 or 15 => new PacsbinException(PacsbinError.ManifestConflict, $"Another process has kept the project's {FileName} to itself for {Patience.TotalMinutes} minutes.", innerException: e),
                3 or 8 or 23 => new PacsbinException(PacsbinError.FileAccessDenied, $"The project's {FileName} may not be written.", innerException: e),
                10 or 14 => new PacsbinException(PacsbinError.FileIo, $"Reading or writing the project's {FileName} failed.", innerException: e),
                13 => new PacsbinException(PacsbinError.FileIo, $"The disk is full: the project's {FileName} cannot be written.", innerException: e),
                _ => Damaged(e),
            };
        }
    }

    /// <summary>What a thread waits for.</summary>
    private sealed class Request(Action work)
    {
        public Action Work { get; } = work;

        public bool IsDone { get; set; }

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
