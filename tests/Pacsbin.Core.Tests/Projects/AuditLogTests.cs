using System.Text.Json;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class AuditLogTests : IDisposable
{
    private readonly TrialFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_look_is_a_line_that_says_who_when_what_and_why()
    {
        var before = DateTimeOffset.UtcNow;
        var pseudonym = folder.PseudonymOf("PATIENT-4711").Id;
        Assert.Equal("PATIENT-4711", Assert.Single(folder.Resolve(pseudonym, "Incidental \"finding\"\n2")).PatientId);
        var line = Assert.Single(folder.AuditLines());
        using var json = JsonDocument.Parse(line);
        Assert.Equal(1, json.RootElement.GetProperty("line").GetInt32());
        Assert.Equal(Environment.UserName, json.RootElement.GetProperty("user").GetString());
        Assert.InRange(json.RootElement.GetProperty("time").GetDateTimeOffset(), before.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal("Resolve", json.RootElement.GetProperty("action").GetString());
        Assert.Equal(pseudonym, json.RootElement.GetProperty("asked").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("found").GetInt32());
        Assert.Equal("Incidental \"finding\"\n2", json.RootElement.GetProperty("reason").GetString());
        Assert.DoesNotContain("4711", line, StringComparison.Ordinal);
        Assert.Equal(new AuditLogState(true, 1, null, AuditLogProblem.None), State());
    }

    [Fact]
    public void A_look_that_finds_nothing_is_logged_without_what_was_asked_for_it_may_be_an_original()
    {
        folder.PseudonymOf("PATIENT-4711");
        Assert.Empty(folder.Resolve("PATIENT-4711"));
        Assert.Empty(folder.Resolve("PATIENT-4711"));
        var lines = folder.AuditLines();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, l => Assert.DoesNotContain("4711", l, StringComparison.Ordinal));
        Assert.All(lines, l => Assert.Contains("\"found\":0", l, StringComparison.Ordinal));
        Assert.Single(lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("fingerprint").GetString()).Distinct());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t")]
    public void Without_a_reason_nothing_is_given(string reason)
    {
        var pseudonym = folder.PseudonymOf("1").Id;
        Assert.ThrowsAny<ArgumentException>(() => folder.Resolve(pseudonym, reason));
        Assert.Empty(folder.AuditLines());
    }

    [Fact]
    public void If_the_log_cannot_be_written_nothing_is_given()
    {
        var pseudonym = folder.PseudonymOf("1").Id;
        Directory.CreateDirectory(folder["audit.log"]);
        Assert.Equal(PacsbinError.FileAccessDenied, Assert.Throws<PacsbinException>(() => folder.Resolve(pseudonym)).Error);
        Directory.Delete(folder["audit.log"]);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(folder["audit.log"], "/dev/null");
            Assert.Equal(PacsbinError.FileAccessDenied, Assert.Throws<PacsbinException>(() => folder.Resolve(pseudonym)).Error);
        }
    }

    [Theory]
    [InlineData("change", 3, AuditLogProblem.Changed)]
    [InlineData("change the hash", 3, AuditLogProblem.Changed)]
    [InlineData("change the reason of the last", 6, AuditLogProblem.Changed)]
    [InlineData("remove", 3, AuditLogProblem.Removed)]
    [InlineData("remove the first", 1, AuditLogProblem.Removed)]
    [InlineData("remove the last", 6, AuditLogProblem.Truncated)]
    [InlineData("cut in the last", 6, AuditLogProblem.Unfinished)]
    [InlineData("remove all", 1, AuditLogProblem.Truncated)]
    [InlineData("delete", 1, AuditLogProblem.Truncated)]
    [InlineData("swap", 3, AuditLogProblem.Reordered)]
    [InlineData("repeat", 4, AuditLogProblem.Reordered)]
    [InlineData("add", 7, AuditLogProblem.Changed)]
    [InlineData("empty line", 4, AuditLogProblem.Changed)]
    public void Every_way_to_rewrite_the_log_is_noticed_and_stays_so(string how, int line, AuditLogProblem problem)
    {
        Look(6);
        Assert.True(State().IsIntact);
        var lines = folder.AuditLines().ToList();
        switch (how)
        {
            case "change":
                lines[2] = lines[2].Replace("Reason 2", "Reason 9", StringComparison.Ordinal);
                break;
            case "change the hash":
                lines[2] = lines[2][..^4] + (lines[2][^4] == '0' ? '1' : '0') + lines[2][^3..];
                break;
            case "change the reason of the last":
                lines[5] = lines[5].Replace("Reason 5", "Reason 9", StringComparison.Ordinal);
                break;
            case "remove":
                lines.RemoveAt(2);
                break;
            case "remove the first":
                lines.RemoveAt(0);
                break;
            case "remove the last":
                lines.RemoveAt(5);
                break;
            case "cut in the last":
                break;
            case "remove all":
                lines.Clear();
                break;
            case "swap":
                (lines[2], lines[3]) = (lines[3], lines[2]);
                break;
            case "repeat":
                lines.Insert(3, lines[2]);
                break;
            case "add":
                lines.Add(lines[5].Replace("\"line\":6", "\"line\":7", StringComparison.Ordinal));
                break;
            case "empty line":
                lines.Insert(3, "");
                break;
        }

        var text = string.Concat(lines.Select(l => l + "\n"));
        File.WriteAllText(folder["audit.log"], how == "cut in the last" ? text[..^20] : text);
        if (how == "delete")
        {
            File.Delete(folder["audit.log"]);
        }

        Assert.Equal((false, line, problem), (State().IsIntact, State().BrokenLine!.Value, State().Problem));
        Look(2);
        var after = State();
        Assert.False(after.IsIntact);
        Assert.Equal(line, after.BrokenLine);
    }

    [Fact]
    public void A_process_that_ended_before_it_told_the_crosswalk_leaves_a_log_that_is_intact()
    {
        Look(3);
        var before = File.ReadAllBytes(folder["crosswalk.db"]);
        Look(2);
        File.WriteAllBytes(folder["crosswalk.db"], before); // the crosswalk knows of three lines
        Assert.Equal(new AuditLogState(true, 5, null, AuditLogProblem.None), State());
        Look(1);
        Assert.Equal(new AuditLogState(true, 6, null, AuditLogProblem.None), State());
    }

    [Fact]
    public void Half_a_line_of_a_process_that_was_ended_is_removed_by_the_next()
    {
        Look(2);
        var half = folder.AuditLines()[1][..40];
        File.AppendAllText(folder["audit.log"], half);
        Assert.Equal(new AuditLogState(false, 3, 3, AuditLogProblem.Unfinished), State());
        Look(1);
        Assert.Equal(new AuditLogState(true, 3, null, AuditLogProblem.None), State());
    }

    [Fact]
    public void Threads_that_look_at_once_make_one_chain()
    {
        var pseudonym = folder.PseudonymOf("1").Id;
        using var project = folder.Open();
        using var one = Crosswalk.Open(project);
        using var other = Crosswalk.Open(project);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Single((i % 2 == 0 ? one : other).Resolve(pseudonym, $"Reason {i}")));
        Assert.Equal(new AuditLogState(true, 40, null, AuditLogProblem.None), State());
    }

    [Fact]
    public void Another_key_cannot_write_the_log()
    {
        Look(2);
        var lines = folder.AuditLines();
        var open = System.Text.Encoding.UTF8.GetBytes(lines[1][..lines[1].IndexOf(",\"hash\"", StringComparison.Ordinal)].Replace("Reason 1", "Reason 7", StringComparison.Ordinal));
        var forged = AuditLine.Seal(open, 2, "", new byte[32]);
        File.WriteAllText(folder["audit.log"], $"{lines[0]}\n{System.Text.Encoding.UTF8.GetString(forged.Bytes)}\n");
        Assert.Equal((false, 2L, AuditLogProblem.Changed), (State().IsIntact, State().BrokenLine!.Value, State().Problem));
    }

    private AuditLogState State() => folder.With(c => c.CheckAuditLog());

    private void Look(int times) => folder.With(c =>
    {
        var pseudonym = c.PseudonymOf(new PatientKey("", "1")).Id;
        for (var i = 0; i < times; i++)
        {
            c.Resolve(pseudonym, $"Reason {i}");
        }

        return 0;
    });
}
