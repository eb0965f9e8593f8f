using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pacsbin.Projects;

/// <summary>The crosswalk as a schema of a PostgreSQL database that several machines share. It holds the same encrypted rows as a file.</summary>
internal sealed partial class CrosswalkSchema : CrosswalkDatabase
{
    private const string InsufficientPrivilege = "42501";

    /// <summary>Of the class, which has wrong passwords.</summary>
    private const string InvalidAuthorization = "28";
    private const string LockNotAvailable = "55P03";

    /// <summary>Of its class, which has the connection's errors: https://www.postgresql.org/docs/current/errcodes-appendix.html.</summary>
    private static readonly string[] Away = ["08", "57", "53"];

    private readonly CrosswalkServer server;
    private readonly string schema;

    private CrosswalkSchema(CrosswalkServer server, string schema)
        : base(Connect(server, schema)) => (this.server, this.schema) = (server, schema);

    /// <summary>Opens the crosswalk of a project.</summary>
    /// <param name="project">The project, whose id names the schema.</param>
    /// <param name="server">The database.</param>
    /// <param name="isNew">Whether it is made if it is missing.</param>
    /// <exception cref="PacsbinException">FileNotFound if it is missing; ManifestConflict if the project's folder has a crosswalk, of which there must not be two; MalformedElement if it is of another version;
    /// ArchiveFailed if the database does not answer; FileAccessDenied.</exception>
    public static CrosswalkSchema Open(Project project, CrosswalkServer server, bool isNew)
    {
        if (File.Exists(Path.Join(project.Folder, FileName)))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, $"The project has its {FileName} in its folder, which sidecars that share a database do not use: make a new project with them, and import what Export-PacsbinCrosswalk wrote.");
        }

        CrosswalkSchema? database = null;
        try
        {
            database = new CrosswalkSchema(server, $"crosswalk_{project.Settings.Id}");
            database.Require(isNew);
            return database;
        }
        catch (DbException e)
        {
            database?.Dispose();
            throw Of(e);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    private protected override void Reconnect()
    {
        if (Connection.State != ConnectionState.Open)
        {
            Replace(Connect(server, schema));
        }
    }

    private protected override void Begin()
    {
        RunScript("BEGIN");
        try
        {
            RunScript("LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE"); // one writer; who reads need not wait
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    private protected override bool IsBusy(DbException exception) => exception.SqlState == LockNotAvailable;

    private protected override PacsbinException Explain(DbException exception) => Of(exception);

    private protected override DbCommand Prepare(string sql, int parameters)
    {
        var command = Connection.CreateCommand();
        // PostgreSQL counts from 1, and Npgsql takes parameters without names in their order.
        command.CommandText = Parameter().Replace(sql, static m => string.Create(CultureInfo.InvariantCulture, $"${int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1}"));
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(command.CreateParameter());
        }

        return command;
    }

    private static DbConnection Connect(CrosswalkServer server, string schema)
    {
        var connection = server.Connect();
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SET search_path TO {schema}; SET lock_timeout TO '20s'; SET client_min_messages TO warning";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static PacsbinException Of(DbException exception) => exception switch
    {
        { SqlState: LockNotAvailable } => new PacsbinException(PacsbinError.ManifestConflict, $"Another process has kept the project's crosswalk to itself for {Patience.TotalMinutes} minutes.", innerException: exception),
        { SqlState: { } state } when state == InsufficientPrivilege || state.StartsWith(InvalidAuthorization, StringComparison.Ordinal) => new PacsbinException(PacsbinError.FileAccessDenied, "The database lets this user not read or write the project's crosswalk.", innerException: exception),
        { SqlState: { } state } when !Away.Any(a => state.StartsWith(a, StringComparison.Ordinal)) => Damaged(exception),
        _ => new PacsbinException(PacsbinError.ArchiveFailed, "The database with the project's crosswalk does not answer.", innerException: exception),
    };

    private void Require(bool isNew)
    {
        if (isNew)
        {
            RunScript("BEGIN");
            RunScript($"SELECT pg_advisory_xact_lock(hashtext('{schema}')); CREATE SCHEMA IF NOT EXISTS {schema}");
            if (Number($"SELECT count(*) FROM information_schema.tables WHERE table_schema = '{schema}'") == 0)
            {
                RunScript(string.Create(CultureInfo.InvariantCulture, $"{TablesOf("BYTEA", "", fromVersion: 0)} CREATE TABLE version (number INTEGER NOT NULL); INSERT INTO version VALUES ({SchemaVersion})"));
            }

            RunScript("COMMIT");
        }

        if (Number($"SELECT count(*) FROM information_schema.tables WHERE table_schema = '{schema}'") == 0)
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "The project's crosswalk is missing in the database: it knows which patient has which pseudonym. Restore the backup of the database.");
        }

        if (Number("SELECT number FROM version") is not SchemaVersion and var version)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The project's crosswalk is of version {version}; this version of PacsbinPS reads {SchemaVersion}.");
        }
    }

    [GeneratedRegex(@"\$([0-9]+)")]
    private static partial Regex Parameter();
}
