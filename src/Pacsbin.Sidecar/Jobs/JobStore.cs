using System.Data.Common;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;
using Pacsbin.Projects;
using Pacsbin.Sidecars;
using Pacsbin.Studies;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Where a sidecar keeps jobs, schedules and uploads: SQLite files in a folder for its owner only and for one sidecar at a time, or a PostgreSQL database and a folder that several share.</summary>
internal sealed class JobStore : IDisposable
{
    private readonly FileStream? turn;
    private readonly PostgresStore? shared;

    /// <exception cref="PacsbinException">ManifestConflict if another sidecar has the folder; FileNotFound, FileIo, FileAccessDenied, also for a database.</exception>
    public JobStore(SidecarOptions options)
    {
        try
        {
            if (options.IsStoreShared)
            {
                Folder = PrivateFolder.Make(Path.GetFullPath(options.Shared!));
                shared = new PostgresStore(options.Store!);
                return;
            }

            Folder = PrivateFolder.Make(options.Store is { } chosen ? Path.GetFullPath(chosen) : DefaultOf(options));
            turn = Lock(Path.Join(Folder, "lock"));
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public string Folder { get; }

    /// <summary>Whether other sidecars work on the same jobs.</summary>
    public bool IsShared => shared is not null;

    /// <summary>Where the crosswalks of projects are; null for their folders, which several machines cannot share.</summary>
    public CrosswalkServer? Crosswalks => shared is null ? null : new CrosswalkServer(shared.Open);

    /// <summary>The type of a column of bytes.</summary>
    public string Bytes => IsShared ? "BYTEA" : "BLOB";

    /// <summary>What a query ends with whose row is changed in the same transaction. SQLite has one writer anyway.</summary>
    public string ForUpdate => IsShared ? " FOR UPDATE" : "";

    /// <summary>Connects to the tables of jobs and schedules.</summary>
    /// <exception cref="DbException">The database does not answer.</exception>
    public DbConnection Open()
    {
        if (shared is not null)
        {
            return shared.Open();
        }

        var connection = new SqliteConnection(ConnectionStringOf("jobs.db"));
        connection.Open();
        using var pragma = Command(connection, "PRAGMA secure_delete = ON");
        pragma.ExecuteNonQuery();
        return connection;
    }

    /// <summary>A statement with the parameters $1, $2 and so on.</summary>
    public DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = IsShared ? "" : string.Create(CultureInfo.InvariantCulture, $"${i + 1}"); // Npgsql counts them
            parameter.Value = values[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Makes tables if they are not there.</summary>
    public void Prepare(string schema)
    {
        using var order = TakeTurn();
        using var connection = Open();
        if (!IsShared)
        {
            using var journal = Command(connection, "PRAGMA journal_mode = WAL");
            journal.ExecuteNonQuery();
        }

        using var command = Command(connection, schema);
        command.ExecuteNonQuery();
    }

    /// <summary>Waits until no other sidecar makes tables, and keeps others from it until it is disposed.</summary>
    public IDisposable? TakeTurn() => shared?.TakeTurn();

    /// <summary>Has Quartz keep its triggers here.</summary>
    public void Keep(IPersistentStoreBuilder quartz)
    {
        if (shared is not null)
        {
            shared.Keep(quartz);
            return;
        }

        quartz.UseSqlite(SqliteFactory.Instance, ConnectionStringOf("quartz.db"));
    }

    public void Dispose()
    {
        turn?.Dispose();
        shared?.Dispose();
    }

    /// <summary>How to open a database of the folder, which is made for its owner only if it is not there.</summary>
    private string ConnectionStringOf(string name)
    {
        var path = Path.Join(Folder, name);
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var made = new FileStream(path, options);
        }

        return new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite }.ToString();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException)
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "Another sidecar has the folder of jobs: choose another one with --store.");
        }
    }

    /// <summary>One for each workspace, so that a sidecar finds its jobs again.</summary>
    private static string DefaultOf(SidecarOptions options)
    {
        var place = options.Workspace is null ? "" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Workspace));
        return Path.Join(PrivateFolder.Make(SidecarRecord.Folder), $"jobs-{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(place)))}");
    }
}
