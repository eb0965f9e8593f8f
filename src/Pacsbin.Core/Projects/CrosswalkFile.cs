using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Pacsbin.Projects;

/// <summary>The crosswalk as a SQLite file in the project's folder.</summary>
/// <remarks>SQLite's write-ahead log needs all processes that use the file on one machine.</remarks>
internal sealed class CrosswalkFile : CrosswalkDatabase
{
    /// <summary>"PaBi": says whose file it is.</summary>
    private const int ApplicationId = 0x50614269;

    /// <summary>Without row numbers, which would tell an order.</summary>
    private const string TableEnding = " WITHOUT ROWID";

    private CrosswalkFile(SqliteConnection connection)
        : base(connection)
    {
    }

    /// <summary>Opens the crosswalk of a project's folder; a new one is readable by its owner only, as are the files that SQLite puts beside it.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="isNew">Whether it is made if it is missing.</param>
    /// <exception cref="PacsbinException">FileNotFound if it is missing; MalformedElement if the file is damaged, of another version or no crosswalk; ManifestConflict, FileIo, FileAccessDenied.</exception>
    public static CrosswalkFile Open(string folder, bool isNew)
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
        var database = new CrosswalkFile(new SqliteConnection(text.ToString()));
        try
        {
            database.Explaining(() =>
            {
                database.Connection.Open();
                database.Retrying(() => database.Prepare(isNew));
            });
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private protected override void Begin() => Execute("BEGIN IMMEDIATE");

    /// <summary>SQLITE_BUSY, SQLITE_LOCKED, and SQLITE_PROTOCOL: too many processes began at the same moment.</summary>
    private protected override bool IsBusy(DbException exception) => exception is SqliteException { SqliteErrorCode: 5 or 6 or 15 };

    private protected override PacsbinException Explain(DbException exception) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        5 or 6 or 15 => new PacsbinException(PacsbinError.ManifestConflict, $"Another process has kept the project's {FileName} to itself for {Patience.TotalMinutes} minutes.", innerException: exception),
        3 or 8 or 23 => new PacsbinException(PacsbinError.FileAccessDenied, $"The project's {FileName} may not be written.", innerException: exception),
        10 or 14 => new PacsbinException(PacsbinError.FileIo, $"Reading or writing the project's {FileName} failed.", innerException: exception),
        13 => new PacsbinException(PacsbinError.FileIo, $"The disk is full: the project's {FileName} cannot be written.", innerException: exception),
        _ => Damaged(exception),
    };

    private protected override DbCommand Prepare(string sql, int parameters)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        return command;
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
            throw new PacsbinException(PacsbinError.FileNotFound, $"The project's {FileName} is missing: it knows which patient has which pseudonym. Restore the backup of the project's folder. If it is in the database of sidecars, only they have it.");
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
            MakeTables(ofVersion: 0);
        }

        if (Number("PRAGMA application_id") != ApplicationId)
        {
            throw Damaged();
        }

        if (Number("PRAGMA user_version") == 1)
        {
            MakeTables(ofVersion: 1);
        }

        if (Number("PRAGMA user_version") is not SchemaVersion and var version)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The project's {FileName} is of version {version}; this version of PacsbinPS reads {SchemaVersion}.");
        }

        RunScript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        return true;
    }

    private void MakeTables(int ofVersion)
    {
        RunScript("BEGIN IMMEDIATE;");
        try
        {
            if (Number("PRAGMA user_version") == ofVersion) // another process may have been faster
            {
                RunScript($"{TablesOf("BLOB", TableEnding, ofVersion)} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion};");
            }

            RunScript("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }
}
