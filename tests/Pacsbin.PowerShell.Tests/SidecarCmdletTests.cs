using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Pacsbin.Sidecars;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Sidecars that the module starts as processes of their own, and their schedules.</summary>
public sealed class SidecarCmdletTests : IDisposable
{
    readonly SampleStudies studies = new();
    readonly ModuleSession session;
    readonly string? before = Environment.GetEnvironmentVariable(SidecarRecord.EnvironmentVariable);

    public SidecarCmdletTests()
    {
        Environment.SetEnvironmentVariable(SidecarRecord.EnvironmentVariable, Path.Combine(studies.Root, "user"));
        Directory.CreateDirectory(studies.Destination);
        Directory.CreateDirectory(Path.Combine(studies.Root, "projects"));
        session = new ModuleSession(studies.Root);
    }

    public void Dispose()
    {
        foreach (var left in SidecarRecord.Running())
        {
            using var process = Process.GetProcessById(left.ProcessId);
            process.Kill();
            process.WaitForExit();
        }

        session.Dispose();
        Environment.SetEnvironmentVariable(SidecarRecord.EnvironmentVariable, before);
        studies.Dispose();
    }

    [Fact]
    public async Task Sidecar_is_started_found_asked_and_ended()
    {
        studies.Add("1.dcm");
        var started = Single("Start-PacsbinSidecar -Root source -Workspace out");
        Assert.Empty(session.Errors);
        Assert.Equal(studies.Destination, Of<string>(started, "Workspace"));
        Assert.True(Of<bool>(started, "IsReady"));
        Assert.Null(started.Properties["LoginUrl"].Value);
        Assert.True(Of<Uri>(started, "Url").IsLoopback);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in Directory.GetFiles(SidecarRecord.Folder)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var found = Single("Get-PacsbinSidecar -LoginLink");
        Assert.Equal(Of<int>(started, "ProcessId"), Of<int>(found, "ProcessId"));
        var token = File.ReadAllText(Of<string>(found, "TokenPath"));
        string shown = session.Show("Get-PacsbinSidecar; Get-PacsbinSidecar | Format-List *");
        Assert.DoesNotContain(token, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", shown, StringComparison.Ordinal);

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Of<Uri>(started, "Url") };
        Assert.Contains("PacsbinPS", await client.GetStringAsync(Of<Uri>(found, "LoginUrl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Contains("1.2.1", await client.GetStringAsync($"/v1/studies?path={Uri.EscapeDataString(studies.Source)}", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        session.Invoke("Stop-PacsbinSidecar -WhatIf");
        Assert.Single(SidecarRecord.Running());
        Assert.Empty(session.Invoke("Stop-PacsbinSidecar"));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Invoke("Get-PacsbinSidecar"));
        Assert.DoesNotContain(Directory.GetFiles(SidecarRecord.Folder), f => Path.GetFileName(f).StartsWith("token", StringComparison.Ordinal) || Path.GetFileName(f).StartsWith("sidecar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sidecar_of_the_module_draws_with_the_native_libraries_of_the_module()
    {
        session.Invoke("Get-DicomStudy $args[0] | Invoke-PacsbinAnonymize -Destination out", Path.Combine(Repository.Root, "examples", "data", "ultrasound"));
        var copy = (DicomStudy)Single("Get-DicomStudy out").BaseObject;
        var started = Single("Start-PacsbinSidecar -Root source -Workspace out");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Of<Uri>(started, "Url") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Of<string>(started, "TokenPath")));
        var series = copy.Series[0];
        byte[] picture = await client.GetByteArrayAsync($"/v1/studies/{copy.StudyInstanceUid}/series/{series.SeriesInstanceUid}/instances/{series.Instances[0].SopInstanceUid}/frames/1", TestContext.Current.CancellationToken);
        Assert.Equal("PNG"u8, picture.AsSpan(1, 3));
    }

    [Fact]
    public void What_keeps_a_sidecar_from_starting_is_said_and_nothing_is_left_running()
    {
        session.Invoke("Start-PacsbinSidecar -Root ./nowhere -Workspace out");
        Assert.Equal("FileIo,Pacsbin.PowerShell.StartPacsbinSidecarCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Contains("does not exist", session.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);

        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        session.Invoke("Start-PacsbinSidecar -Root source -Workspace out -Port $args[0]", ((IPEndPoint)taken.LocalEndpoint).Port);
        Assert.StartsWith("FileIo,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

        Single("Start-PacsbinSidecar -Root source -Workspace out -Store ./jobs");
        session.Invoke("Start-PacsbinSidecar -Root source -Workspace out -Store ./jobs");
        Assert.StartsWith("ManifestConflict,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(SidecarRecord.Running());

        session.Invoke("Start-PacsbinSidecar -Root source -Workspace out -WhatIf");
        Assert.Single(SidecarRecord.Running());
        session.Invoke("Start-PacsbinSidecar -Root source -Workspace out -Store ./other -TimeoutSeconds 1");
        Assert.InRange(SidecarRecord.Running().Count, 1, 2); // ready within a second, or ended
        Assert.Equal(SidecarRecord.Running().Count == 1, session.Errors.Count == 1);
    }

    [Fact]
    public async Task Start_that_is_stopped_leaves_no_process()
    {
        // A configuration that is a pipe keeps the program waiting.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        string pipe = Path.Combine(studies.Root, "pipe");
        using (var made = Process.Start("mkfifo", pipe)) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await session.InvokeAndStop("Start-PacsbinSidecar -Configuration ./pipe", Task.Delay(1500, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Process.GetProcesses(), p => CommandLineOf(p).Contains(pipe, StringComparison.Ordinal));
        Assert.Empty(SidecarRecord.Running());
    }

    [Fact]
    public void Killed_sidecar_is_not_listed_and_several_have_to_be_told_apart()
    {
        int first = Of<int>(Single("Start-PacsbinSidecar -Workspace out -Store ./jobs"), "ProcessId");
        int second = Of<int>(Single("Start-PacsbinSidecar -Workspace out -Store ./other"), "ProcessId");
        Assert.Equal([first, second], session.Invoke("Get-PacsbinSidecar").Select(s => Of<int>(s, "ProcessId")));
        session.Invoke("Stop-PacsbinSidecar");
        Assert.Equal("FileNotFound,Pacsbin.PowerShell.StopPacsbinSidecarCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
        session.Invoke("Get-PacsbinSchedule");
        Assert.StartsWith("FileNotFound,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

        using (var process = Process.GetProcessById(first))
        {
            process.Kill();
            process.WaitForExit();
        }

        Assert.Equal(second, Of<int>(Single("Get-PacsbinSidecar"), "ProcessId"));
        session.Invoke("Stop-PacsbinSidecar $args[0]", first);
        Assert.StartsWith("FileNotFound,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        session.Invoke("Get-PacsbinSidecar | Stop-PacsbinSidecar");
        Assert.Empty(session.Errors);
        Assert.Empty(SidecarRecord.Running());
    }

    [Fact]
    public void Schedules_are_registered_shown_and_forgotten()
    {
        session.Invoke("$null = New-PacsbinProject ./projects/trial; $null = Start-PacsbinSidecar -Root source -Workspace out -Projects projects");
        Assert.Empty(session.Errors);
        var registered = Single("Register-PacsbinSchedule nightly '0 2 * * *' -Path $args[0] -Project trial", studies.Source);
        Assert.Empty(session.Errors);
        Assert.Equal(("nightly", "0 2 * * *", "trial"), (Of<string>(registered, "Name"), Of<string>(registered, "Cron"), Of<string>(registered, "Project")));
        Assert.True(Of<DateTime>(registered, "Next") > DateTime.Now);
        Assert.Null(registered.Properties["LastState"].Value);
        Single("Get-PacsbinSidecar | Register-PacsbinSchedule other '0 0 3 ? * SUN' -Path $args[0] -Project trial", studies.Source);
        Assert.Equal(["nightly", "other"], session.Invoke("Get-PacsbinSchedule").Select(s => Of<string>(s, "Name")));
        Assert.Equal("nightly", Of<string>(Single("Get-PacsbinSchedule N*"), "Name"));
        Assert.Contains("nightly", session.Show("Get-PacsbinSchedule"), StringComparison.Ordinal);

        Refused("Register-PacsbinSchedule nightly '0 2 * * *' -Path $args[0] -Project trial", "DestinationExists");
        Refused("Register-PacsbinSchedule wrong 'every night' -Path $args[0] -Project trial", "InvalidArgument");
        Refused("Register-PacsbinSchedule wrong '0 2 * * *' -Path /etc -Project trial", "FileAccessDenied");
        Refused("Register-PacsbinSchedule wrong '0 2 * * *' -Archive nobody-has-this -LastDays 1 -Project trial", "FileNotFound");
        Refused("Get-PacsbinSchedule nobody", "FileNotFound");
        Refused("Get-PacsbinSchedule -Url http://127.0.0.1:1/", "InvalidArgument");
        Refused("Get-PacsbinSchedule -Url http://127.0.0.1:1/ -TokenPath (Get-PacsbinSidecar).TokenPath", "FileNotFound");
        File.WriteAllText(Path.Combine(studies.Root, "wrong-token"), "AAAA");
        Refused("Get-PacsbinSchedule -Url (Get-PacsbinSidecar).Url -TokenPath ./wrong-token", "KeyMissing");

        session.Invoke("Get-PacsbinSchedule other | Unregister-PacsbinSchedule -WhatIf");
        Assert.Equal(2, session.Invoke("Get-PacsbinSchedule").Count);
        session.Invoke("Get-PacsbinSchedule other | Unregister-PacsbinSchedule");
        Assert.Empty(session.Errors);
        Assert.Equal("nightly", Of<string>(Single("Get-PacsbinSchedule"), "Name"));
        Refused("Unregister-PacsbinSchedule other", "FileNotFound");
    }

    [Fact]
    public void Schedule_that_fires_leaves_studies_for_review()
    {
        studies.Add("1.dcm");
        session.Invoke("$null = New-PacsbinProject ./projects/trial; $null = Start-PacsbinSidecar -Root source -Workspace out -Projects projects");
        Single("Register-PacsbinSchedule soon '* * * * * ?' -Path $args[0] -Project trial", studies.Source);
        for (var end = DateTime.UtcNow.AddSeconds(90); ; Thread.Sleep(200))
        {
            var schedule = Single("Get-PacsbinSchedule soon");
            if ((string?)schedule.Properties["LastState"].Value == "Succeeded")
            {
                Assert.NotEmpty(studies.Written);
                return;
            }

            Assert.True(DateTime.UtcNow < end, $"{schedule}");
        }
    }

    void Refused(string script, string id)
    {
        Assert.Empty(session.Invoke(script, studies.Source));
        Assert.StartsWith($"{id},", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    PSObject Single(string script, params object?[] arguments)
    {
        var all = session.Invoke(script, arguments);
        Assert.True(all.Count == 1, string.Join('\n', session.Errors.Select(e => $"{e.FullyQualifiedErrorId} {e}")));
        return all[0];
    }

    static T Of<T>(PSObject value, string property) => (T)value.Properties[property].Value;

    static string CommandLineOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
