using System.Diagnostics;

namespace Pacsbin.Tests;

public sealed class HostTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-host").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Objects_print_as_a_table_on_standard_output()
    {
        var result = await HostProcess.Run("-Command", "[pscustomobject]@{ Name = 'CT'; Count = 12 }");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["Name Count", "---- -----", "CT      12"], Lines(result.Output));
    }

    [Fact]
    public async Task Text_is_utf8_without_a_byte_order_mark_or_colours()
    {
        var result = await HostProcess.Run("-Command", "'Müller^山田'; Write-Host 'red' -ForegroundColor Red");
        Assert.Equal("Müller^山田\nred\n", result.Output);
    }

    [Fact]
    public async Task Module_is_loaded()
    {
        var result = await HostProcess.Run("-Command", "(Get-Module Pacsbin).Version.ToString()");
        Assert.Equal((0, "0.1.0\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Arguments_bind_by_name_switch_and_position()
    {
        string script = Script("""
            param([string] $Name, [int] $Count, [switch] $Go, [switch] $Off, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name|$Count|$Go|$Off|$($Rest -join ',')"
            """);
        var result = await HostProcess.Run(script, "-Count:3", "-Name", "a b", "-Go", "-Off:$false", "x*", "$(exit 5)'", "-5", "--");
        Assert.Equal((0, "a b|3|True|False|x*,$(exit 5)',-5,--\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Script_knows_its_folder_and_starts_in_the_process_folder()
    {
        string script = Script("$PSScriptRoot; $MyInvocation.MyCommand.Path; $PWD.Path");
        var result = await HostProcess.Run("-File", script);
        Assert.Equal([folder, script, Path.GetTempPath().TrimEnd(Path.DirectorySeparatorChar)], Lines(result.Output));
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("'fine'", 0)]
    [InlineData("exit 0", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("if (", 1)]
    [InlineData("Get-Nothing; 'goes on'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Nothing; 'never'", 1)]
    [InlineData("dotnet no-such-command *> $null; 'goes on'", 0)]
    [InlineData("#Requires -Version 99\n'never'", 1)]
    public async Task Script_gives_its_exit_code(string text, int expected)
    {
        var result = await HostProcess.Run(Script(text));
        Assert.Equal(expected, result.ExitCode);
        Assert.DoesNotContain("never", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("Get-Nothing", 1)]
    [InlineData("Get-Nothing; 'last'", 0)]
    [InlineData("'comment' # here", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("if (", 1)]
    public async Task Command_gives_its_exit_code(string text, int expected) =>
        Assert.Equal(expected, (await HostProcess.Run("-Command", text)).ExitCode);

    [Theory]
    [InlineData("[pscustomobject]@{ Name = 'CT' }; exit 4", 4)]
    [InlineData("[pscustomobject]@{ Name = 'CT' }; Get-Nothing", 0)]
    public async Task Table_before_the_end_is_shown_whole(string text, int expected)
    {
        var result = await HostProcess.Run(Script(text));
        Assert.Equal(expected, result.ExitCode);
        Assert.Equal(["Name", "----", "CT"], Lines(result.Output));
    }

    [Fact]
    public async Task Error_names_script_and_line_on_standard_error()
    {
        string script = Script("'before'\nthrow 'boom'");
        var result = await HostProcess.Run(script);
        Assert.Equal("before\n", result.Output);
        Assert.Equal([$"Exception: {script}:2", "Line |", "   2 |  throw 'boom'", "     |  ~~~~~~~~~~~~", "     | boom"], Lines(result.Error));
    }

    [Fact]
    public async Task Error_of_one_input_leaves_the_rest_running()
    {
        string script = Script("""
            function Test-Input { [CmdletBinding()] param([Parameter(ValueFromPipeline)] $Item) process {
                if ($Item -eq 2) { $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([IO.IOException]::new('unreadable'), 'FileIo', 'ReadError', $Item)) }
                else { $Item }
            } }
            1..3 | Test-Input
            """);
        var result = await HostProcess.Run(script);
        Assert.Equal((0, "1\n3\n"), (result.ExitCode, result.Output));
        Assert.Contains("unreadable", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_says_what_would_happen()
    {
        string script = Script("[CmdletBinding(SupportsShouldProcess)] param()\nif ($PSCmdlet.ShouldProcess('study 1', 'De-identify')) { 'done' }");
        var result = await HostProcess.Run(script, "-WhatIf");
        Assert.Equal("What if: Performing the operation \"De-identify\" on target \"study 1\".\n", result.Output);
    }

    [Fact]
    public async Task Confirmation_fails_where_nobody_can_answer()
    {
        string script = Script("[CmdletBinding(SupportsShouldProcess)] param()\nif ($PSCmdlet.ShouldProcess('study 1', 'De-identify')) { 'done' }");
        var result = await HostProcess.Run(script, "-Confirm");
        Assert.Equal("", result.Output);
        // The formatter breaks long messages into lines that start with a bar.
        string message = string.Join(' ', Lines(result.Error).Select(l => l.TrimStart(' ', '|')));
        Assert.Contains("standard input is not a terminal", message, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_value_fails_where_nobody_can_answer()
    {
        var result = await HostProcess.Run(Script("param([Parameter(Mandatory)] $Destination) 'done'"));
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Destination", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_host_takes_piped_lines_and_fails_at_their_end()
    {
        var result = await HostProcess.Run(["-Command", "Read-Host Name; Read-Host"], "Ada\n", TestContext.Current.CancellationToken);
        Assert.Equal((1, "Name: Ada\n"), (result.ExitCode, result.Output));
        Assert.Contains("standard input has ended", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_not_written_to_a_file()
    {
        var result = await HostProcess.Run("-Command", "$Host.UI.WriteProgress(1, [System.Management.Automation.ProgressRecord]::new(1, 'Working', 'half')); 'done'");
        Assert.Equal(("done\n", ""), (result.Output, result.Error));
    }

    [Fact]
    public async Task Warnings_and_verbose_texts_carry_their_names()
    {
        var result = await HostProcess.Run(Script("[CmdletBinding()] param()\n$PSCmdlet.WriteWarning('careful'); $PSCmdlet.WriteVerbose('detail')"), "-Verbose");
        Assert.Equal("WARNING: careful\nVERBOSE: detail\n", result.Output);
    }

    [Theory]
    [InlineData("'ready'; while ($true) { }")]
    [InlineData("'ready'; Invoke-Command { while ($true) { } } | ForEach-Object { $_ }")]
    public async Task Interrupt_stops_the_script_within_a_second(string text)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("SIGINT cannot be sent to one process on Windows.");
        var cancellation = TestContext.Current.CancellationToken;
        using var process = HostProcess.Start("-Command", text);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(cancellation));
        var started = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(null as IFormatProvider)])) await kill.WaitForExitAsync(cancellation);
        var result = await HostProcess.Finish(process, cancellation);
        Assert.Equal((130, ""), (result.ExitCode, result.Error));
        Assert.InRange(started.ElapsedMilliseconds, 0, 1000);
    }

    [Theory]
    [InlineData(new string[0], "no script given")]
    [InlineData(new[] { "missing.ps1" }, "does not exist")]
    [InlineData(new[] { "-Comand", "1" }, "unknown option")]
    [InlineData(new[] { "readme.txt" }, "not a .ps1 script")]
    public async Task Wrong_command_line_gives_64(string[] arguments, string reason)
    {
        var result = await HostProcess.Run(arguments);
        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    string Script(string text)
    {
        string path = Path.Combine(folder, "test script's.ps1");
        File.WriteAllText(path, text);
        return path;
    }

    static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
}
