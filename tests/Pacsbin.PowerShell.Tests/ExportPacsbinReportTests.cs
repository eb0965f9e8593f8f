using System.Management.Automation;
using System.Text.Json;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class ExportPacsbinReportTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.ExportPacsbinReportCommand";
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public ExportPacsbinReportTests() => session = new ModuleSession(samples.Root);

    string ReportPath => Path.Combine(samples.Root, "report.html");

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Theory]
    [InlineData("Export-PacsbinReport out report.html")]
    [InlineData("Export-PacsbinReport -Path out -Destination report.html")]
    [InlineData("Export-PacsbinReport o*t ./report.html -ThrottleLimit 1")]
    [InlineData("Export-PacsbinReport -LiteralPath out report.html")]
    [InlineData("'out' | Export-PacsbinReport -Destination report.html")]
    [InlineData("Get-DicomStudy out | Export-PacsbinReport -Destination report.html")]
    [InlineData("$s = Get-DicomStudy out; Export-PacsbinReport -Study $s report.html")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out | Export-PacsbinReport -Destination report.html", false)]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('out', $false) | Export-PacsbinReport -Destination report.html")]
    public void Workspace_is_given_in_every_way_that_studies_are(string script, bool isThere = true)
    {
        samples.Add("a/1.dcm");
        samples.Add("b/2.dcm", study: "1.2.2");
        if (isThere) Anonymize();
        var file = (FileInfo)Assert.Single(session.Invoke(script)).BaseObject;
        Assert.Empty(session.Errors);
        Assert.Equal(ReportPath, file.FullName);
        string page = File.ReadAllText(ReportPath);
        Assert.Equal(2, samples.Finished.Length);
        Assert.All(samples.Finished, f => Assert.Contains(Path.GetFileName(f), page, StringComparison.Ordinal));
        Assert.DoesNotContain("MUELLER", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("P-17", page, StringComparison.Ordinal);
        Assert.DoesNotContain(samples.Root, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_agree_on_the_files()
    {
        for (int instance = 1; instance <= 3; instance++) samples.Add($"{instance}.dcm", instance: $"{instance}");
        Anonymize();
        session.Invoke("Export-PacsbinReport out report.html -Title 'Batch 7'; Export-PacsbinReport out r.json -Format json -Title 'Batch 7'; Export-PacsbinReport out r.csv -Format Csv");
        Assert.Empty(session.Errors);
        Assert.Contains("<h1>Batch 7</h1>", File.ReadAllText(ReportPath), StringComparison.Ordinal);
        var files = Manifest.Read(samples.Finished[0])!.Files;
        Assert.All(files, f => Assert.Contains(f.Xxh128, File.ReadAllText(ReportPath), StringComparison.Ordinal));
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(samples.Root, "r.json")));
        Assert.Equal("Batch 7", json.RootElement.GetProperty("title").GetString());
        Assert.Equal(files.Select(f => f.Xxh128), json.RootElement.GetProperty("studies")[0].GetProperty("files").EnumerateArray().Select(f => f.GetProperty("xxh128").GetString()));
        Assert.Equal(files.Select(f => f.Xxh128), Csv.Read(Path.Combine(samples.Root, "r.csv")).Select(r => r["Xxh128"]));
    }

    [Fact]
    public void Pictures_are_left_out_on_demand()
    {
        samples.Add("1.dcm");
        Anonymize();
        session.Invoke("Export-PacsbinReport out report.html; Export-PacsbinReport out without.html -NoPicture");
        Assert.Empty(session.Errors);
        Assert.Contains("data:image/png;base64,", File.ReadAllText(ReportPath), StringComparison.Ordinal);
        Assert.DoesNotContain("base64", File.ReadAllText(Path.Combine(samples.Root, "without.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_study_and_damaged_manifest_are_an_error_each_and_the_rest_is_reported()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", study: "1.2.2");
        Anonymize();
        string[] finished = [.. samples.Finished.Order(StringComparer.Ordinal)];
        File.WriteAllText(Path.Combine(finished[0], Manifest.FileName), "{");
        Assert.Single(session.Invoke("Export-PacsbinReport out, source/1.dcm report.html"));
        Assert.Equal(
            [("FileNotFound" + Id, ErrorCategory.ObjectNotFound, samples.Source), ("MalformedElement" + Id, ErrorCategory.InvalidData, finished[0])],
            session.Errors.Select(e => (e.FullyQualifiedErrorId, e.CategoryInfo.Category, (string)e.TargetObject)).Order());
        string page = File.ReadAllText(ReportPath);
        Assert.Contains(Path.GetFileName(finished[1]), page, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetFileName(finished[0]), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_alone_give_no_report()
    {
        samples.Add("1.dcm");
        Assert.Empty(session.Invoke("Export-PacsbinReport source report.html"));
        Assert.StartsWith("FileNotFound,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([samples.Source], Directory.GetFileSystemEntries(samples.Root));
    }

    [Fact]
    public void Empty_workspace_has_a_report_that_says_so()
    {
        Directory.CreateDirectory(samples.Destination);
        Assert.Single(session.Invoke("Export-PacsbinReport out report.html"));
        Assert.Empty(session.Errors);
        Assert.Contains("There are no studies.", File.ReadAllText(ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_there_stays_unless_forced()
    {
        samples.Add("1.dcm");
        Anonymize();
        File.WriteAllText(ReportPath, "mine");
        Assert.Empty(session.Invoke("Export-PacsbinReport out report.html"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("DestinationExists" + Id, ErrorCategory.ResourceExists), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Equal("mine", File.ReadAllText(ReportPath));
        Assert.Single(session.Invoke("Export-PacsbinReport out report.html -Force"));
        Assert.NotEqual("mine", File.ReadAllText(ReportPath));
    }

    [Theory]
    [InlineData("out", "DestinationExists")]
    [InlineData("no/report.html", "FileNotFound")]
    [InlineData("nodrive:/report.html", "FileNotFound")]
    [InlineData("variable:report", "FileNotFound")]
    public void Place_where_no_report_can_be_is_an_error(string destination, string expected)
    {
        samples.Add("1.dcm");
        Anonymize();
        Assert.Empty(session.Invoke("Export-PacsbinReport out $args[0] -Force", destination));
        Assert.Equal(expected + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void No_report_goes_into_the_folder_of_a_study()
    {
        samples.Add("1.dcm");
        Anonymize();
        Assert.Empty(session.Invoke("Export-PacsbinReport out $args[0]", Path.Combine(samples.Finished[0], "report.html")));
        Assert.Equal("DestinationExists" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Equal(2, Directory.GetFileSystemEntries(samples.Finished[0]).Length);
    }

    [Fact]
    public void What_if_writes_nothing()
    {
        samples.Add("1.dcm");
        Anonymize();
        Assert.Empty(session.Invoke("Export-PacsbinReport out report.html -WhatIf"));
        Assert.False(File.Exists(ReportPath));
        Assert.Contains($"\"Write a report on 1 study\" on target \"{ReportPath}\"", Assert.Single(session.HostLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("報告 [1].html")]
    [InlineData("a`b.html")]
    public void No_character_of_the_name_is_a_wildcard(string name)
    {
        samples.Add("1.dcm");
        Anonymize();
        var file = (FileInfo)Assert.Single(session.Invoke("Export-PacsbinReport out $args[0]", name)).BaseObject;
        Assert.Equal(Path.Combine(samples.Root, name), file.FullName);
        Assert.True(file.Exists);
    }

    [Fact]
    public void Progress_counts_studies()
    {
        for (int study = 1; study <= 5; study++) samples.Add($"{study}.dcm", study: $"1.2.{study}");
        Anonymize();
        session.Invoke("Export-PacsbinReport out report.html");
        var last = session.Progress.Last(p => p.Activity == "Writing the report");
        Assert.Equal((ProgressRecordType.Completed, "5 of 5 studies, 5 files"), (last.RecordType, last.StatusDescription));
    }

    [Fact]
    public async Task Stopped_report_leaves_what_was_there()
    {
        for (int study = 1; study <= 300; study++) samples.Add($"{study}.dcm", study: $"1.2.{study}");
        Anonymize();
        File.WriteAllText(ReportPath, "mine");
        string[] before = Directory.GetFileSystemEntries(samples.Root);
        var running = Task.Run(async () =>
        {
            while (Directory.GetFiles(samples.Root, ".*.partial").Length < 2) await Task.Delay(1, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        var stopping = await session.InvokeAndStop("Export-PacsbinReport out report.html -Force", running);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal("mine", File.ReadAllText(ReportPath));

        // The study at work may be finished by its thread, which then takes its files away.
        for (int i = 0; i < 50 && Directory.GetFiles(samples.Root, ".*.partial").Length > 0; i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(before, Directory.GetFileSystemEntries(samples.Root));
    }

    void Anonymize()
    {
        session.Invoke("Invoke-PacsbinAnonymize source -Destination out");
        Assert.Empty(session.Errors);
    }
}
