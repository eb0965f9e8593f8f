using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Pacsbin.Tests;

/// <summary>The sidecar as a service of systemd, which speaks to it by a socket and a signal (sd_notify).</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task Service_manager_is_told_when_it_is_ready_and_when_it_stops()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no systemd.");
        using var studies = new MadeStudies();
        var (path, token) = (Path.Join(studies.Root, "notify"), Path.Join(studies.Root, "token"));
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        // A service of systemd is a process whose parent is called so.
        var shell = Path.Join(studies.Root, "systemd");
        File.CreateSymbolicLink(shell, "/bin/sh");
        var start = new ProcessStartInfo(shell) { RedirectStandardOutput = true };
        start.Environment["NOTIFY_SOCKET"] = path;
        foreach (var argument in new[] { "-c", "\"$0\" \"$@\" & echo $!; wait $!", SidecarProcess.Program, "--workspace", studies.Workspace, "--token-file", token })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var service = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        try
        {
            Assert.Contains("READY=1", await ReceiveAsync(manager), StringComparison.Ordinal);
            Assert.True(File.Exists(token));
            using var kill = Process.Start("kill", ["-TERM", service!]);
            Assert.Contains("STOPPING=1", await ReceiveAsync(manager), StringComparison.Ordinal);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.False(File.Exists(token));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [Fact]
    public void Unit_file_starts_what_the_command_line_knows()
    {
        var unit = File.ReadAllLines(Path.Join(Path.GetDirectoryName(SidecarProcess.Program), "pacsbin-sidecar.service"));
        var words = Assert.Single(unit, l => l.StartsWith("ExecStart=", StringComparison.Ordinal)).Split(' ');
        Assert.All(words.Where(w => w.StartsWith("--", StringComparison.Ordinal)), o => Assert.Contains($"{o} ", Pacsbin.Sidecar.CommandLine.Help, StringComparison.Ordinal));
        Assert.Contains("Type=notify", unit);
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1024];
        var length = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
