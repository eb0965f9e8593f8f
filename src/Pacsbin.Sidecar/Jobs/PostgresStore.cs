using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>A PostgreSQL database that several sidecars share. Everything is in one schema of ours; what jobs do is encrypted there as in a file.</summary>
internal sealed class PostgresStore : IDisposable
{
    private const string Schema = "pacsbin";

    /// <summary>Names the lock of whoever makes tables.</summary>
    private const long MakingTables = 0x5041_4353_4249_4E00;

    /// <summary>A sidecar that has not been heard of for the sum of these is taken for dead, and its jobs go to others.</summary>
    public static readonly TimeSpan Checkin = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(12);

    private readonly NpgsqlDataSource source;
    private readonly string connectionString;

    /// <exception cref="PacsbinException">FileAccessDenied if the database refuses the user, or the connection could be listened to; FileIo if it does not answer; MalformedElement if the text is none.</exception>
    public PostgresStore(string text)
    {
        var settings = Parse(text);
        settings.SearchPath = Schema;
        settings.ApplicationName = "pacsbin-sidecar";
        settings.IncludeErrorDetail = false;
        settings.LogParameters = false;
        connectionString = settings.ConnectionString;
        source = NpgsqlDataSource.Create(connectionString);
        try
        {
            using var turn = TakeTurn();
            using var command = source.CreateCommand($"CREATE SCHEMA IF NOT EXISTS {Schema}");
            command.ExecuteNonQuery();
        }
        catch (Exception e)
        {
            source.Dispose();
            throw ErrorOf(e);
        }
    }

    /// <summary>Whether an exception says that the database does not answer now, and may later.</summary>
    public static bool IsAway(Exception exception) => exception is NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: SocketException or IOException or TimeoutException };

    /// <summary>Writes something down, however long the database is away; without it, others could not go on.</summary>
    public static async Task<T> PersistAsync<T>(Func<T> write, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return write();
            }
            catch (Exception e) when (IsAway(e) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    /// <inheritdoc cref="PersistAsync{T}"/>
    public static Task PersistAsync(Action write, CancellationToken stopping) => PersistAsync(
        () =>
        {
            write();
            return true;
        },
        stopping);

    public DbConnection Open() => source.OpenConnection();

    /// <summary>Waits until no other sidecar makes tables; ended by disposing it.</summary>
    public IDisposable TakeTurn()
    {
        var connection = source.OpenConnection();
        try
        {
            using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = MakingTables } }, CommandTimeout = 120 };
            command.ExecuteNonQuery();
            return new Turn(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Has Quartz keep its triggers here, and share them.</summary>
    public void Keep(IPersistentStoreBuilder quartz)
    {
        quartz.UsePostgres(NpgsqlFactory.Instance, connectionString);
        quartz.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (Checkin, Tolerance));
    }

    public void Dispose() => source.Dispose();

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The store is no connection string of PostgreSQL."); // not in its words, which may have the password in them
        }

        var isHere = (settings.Host ?? "").Split(',').All(h => h.StartsWith('/') || h == "localhost" || (IPAddress.TryParse(h, out var address) && IPAddress.IsLoopback(address)));
        return isHere || settings.SslMode is SslMode.VerifyCA or SslMode.VerifyFull ? settings
            : throw new PacsbinException(PacsbinError.FileAccessDenied, "The database is on another machine: its connection string needs SSL Mode=VerifyFull, so that nobody on the way reads or answers.");
    }

    private static PacsbinException ErrorOf(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InsufficientPrivilege } =>
            new PacsbinException(PacsbinError.FileAccessDenied, "The database refuses the user, or the password."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => new PacsbinException(PacsbinError.FileNotFound, "The server has no database of this name."),
        _ => new PacsbinException(PacsbinError.FileIo, "The database does not answer."),
    };

    private sealed class Turn(NpgsqlConnection connection) : IDisposable
    {
        public void Dispose()
        {
            using (connection)
            {
                using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = MakingTables } } };
                command.ExecuteNonQuery();
            }
        }
    }
}
