using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Cluster;

/// <summary>Debian's PostgreSQL as a process of its own, which goes with its databases. Skips the tests where it is not installed, and fails them there in CI.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Password = "not-to-be-seen-anywhere";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin-postgres-").FullName;
    private readonly int port = OrthancServer.FreePort();
    private string programs = "";
    private string database = "postgres";
    private Process? process;

    /// <summary>How sidecars connect.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={port};Database={database};Username=keeper;Password={Password}";

    private string Data => Path.Join(folder, "data");

    public async ValueTask InitializeAsync()
    {
        programs = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : []).Select(d => Path.Join(d, "bin")).Where(d => File.Exists(Path.Join(d, "postgres"))).Order().LastOrDefault("");
        if (programs.Length == 0)
        {
            return;
        }

        var passwordFile = Path.Join(folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "-R", "postgres", folder); // it refuses to run as root
        }

        RunAs("initdb", "--auth=scram-sha-256", "--username=keeper", $"--pwfile={passwordFile}", "--no-sync", "-D", Data);
        await BeginAsync();
    }

    /// <summary>Makes a database without tables, which is the one that is meant from here on.</summary>
    public async Task RenewAsync()
    {
        if (programs.Length == 0)
        {
            Peer.Miss("PostgreSQL is not installed.");
        }

        var name = $"db{Guid.NewGuid():N}";
        await ReadAsync($"CREATE DATABASE {name}");
        database = name;
    }

    /// <summary>Starts it, or starts it again.</summary>
    public async Task BeginAsync()
    {
        string[] options = ["-D", Data, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}", "-c", "fsync=off"];
        process = Process.Start(StartOf("postgres", options))!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var end = DateTime.UtcNow + Patience; ; await Task.Delay(100))
        {
            try
            {
                await ReadAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (DateTime.UtcNow < end && !process.HasExited)
            {
                // It begins.
            }
        }
    }

    /// <summary>Ends it at once, as a crash does.</summary>
    public async Task EndAsync()
    {
        var id = (await File.ReadAllLinesAsync(Path.Join(Data, "postmaster.pid")))[0];
        Run("kill", "-QUIT", id);
        await process!.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Has it keep its connections and say nothing, or go on.</summary>
    public async Task SignalAsync(string signal)
    {
        var id = (await File.ReadAllLinesAsync(Path.Join(Data, "postmaster.pid")))[0];
        Run("kill", [$"-{signal}", id, .. Peer.Run("pgrep", ["-P", id]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>The first column of a query's rows.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string query)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        await using var row = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await row.ReadAsync())
        {
            all.Add(Convert.ToString(row.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await EndAsync();
        }

        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        var result = Peer.Run(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Error}");
    }

    private void RunAs(string program, params string[] arguments)
    {
        var start = StartOf(program, arguments);
        Run(start.FileName, [.. start.ArgumentList]);
    }

    private ProcessStartInfo StartOf(string program, params string[] arguments)
    {
        var path = Path.Join(programs, program);
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder }
            : new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
    }
}
