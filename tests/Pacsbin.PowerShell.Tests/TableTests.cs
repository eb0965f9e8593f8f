namespace Pacsbin.Tests;

public sealed class TableTests : IDisposable
{
    readonly SampleStudies samples = new();

    public TableTests()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2");
        samples.Add("3.dcm", study: "1.2.2", patient: "EVIL\u001b[2J", modality: "US", date: null);
    }

    public void Dispose() => samples.Dispose();

    [Fact]
    public async Task Found_studies_are_a_table()
    {
        var lines = await Show("Get-DicomStudy source");
        Assert.Matches("^PatientId +PatientName +StudyDate +Modality +Series +Files +State +Findings +Path$", lines[0]);
        Assert.Matches(@"^P-17 +MUELLER\^ANNA +2024-03-10 +CT +1 +2 +Source +0 ", lines.Single(l => l.StartsWith("P-17", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Control_characters_of_a_file_do_not_reach_the_terminal() =>
        Assert.DoesNotContain('\u001b', string.Concat(await Show("Get-DicomStudy source")));

    [Fact]
    public async Task Written_studies_are_a_table_with_their_outcome()
    {
        var lines = await Show("Invoke-PacsbinAnonymize source -Destination out");
        Assert.Matches("^PatientId +StudyDate +Modality +Written +Skipped +Rejected +Findings +Path$", lines[0]);
        Assert.Contains(lines, l => System.Text.RegularExpressions.Regex.IsMatch(l, @"^[0-9A-Z]{10} \d{4}-\d\d-\d\d CT +2 +0 +0 +0 "));
        Assert.Contains(lines, l => System.Text.RegularExpressions.Regex.IsMatch(l, @"^[0-9A-Z]{10} +US +1 +0 +0 +[1-9] "));
    }

    [Fact]
    public async Task Series_and_findings_are_tables()
    {
        Assert.Matches(@"^ *1? +CT +2 +\d+ 1\.2\.1\.1$", (await Show("(Get-DicomStudy source -Modality CT).Series"))[2]);
        var findings = await Show("(Get-DicomStudy source -Modality US | Invoke-PacsbinAnonymize -Destination out).Findings");
        Assert.Matches("^Kind +Tag +Detail$", findings[0]);
        Assert.Contains(findings, l => l.StartsWith("BurnedInSuspected ", StringComparison.Ordinal));
    }

    /// <summary>What the host prints: it takes a redirected output for 120 columns wide.</summary>
    async Task<List<string>> Show(string script)
    {
        var result = await HostProcess.Run("-Command", $"$null = $ExecutionContext.SessionState.Path.SetLocation('{samples.Root}'); {script}");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        List<string> lines = [.. result.Output.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        Assert.All(lines, l => Assert.InRange(l.Length, 1, 120));
        return lines;
    }
}
