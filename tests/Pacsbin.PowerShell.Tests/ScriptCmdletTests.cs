using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.Tests;

public sealed class ScriptCmdletTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-script-").FullName;
    readonly ModuleSession session;

    public ScriptCmdletTests() => session = new ModuleSession(folder);

    public void Dispose()
    {
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Script_is_audited_row_by_row()
    {
        Write("a.properties", "set.[0010,0020]PatientID=@remove()");
        var rows = session.Invoke("Test-PacsbinScript ./a.properties").Select(o => Assert.IsType<ScriptAuditRow>(o.BaseObject)).ToList();
        Assert.Equal(2 * 657, rows.Count);
        var row = rows.Single(r => r is { Keyword: "PatientID", Place: ScriptAuditPlace.Root });
        Assert.Equal(("(0010,0020)", "Z/D", ScriptAction.Removed, ScriptVerdict.Stronger, "@remove()", 1), (row.Tag, row.StandardAction, row.ScriptAction, row.Verdict, row.Rule, row.Line));
        Assert.Equal(Path.Combine(folder, "a.properties"), row.Path);
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
    }

    [Fact]
    public void Summary_counts_each_script()
    {
        Write("a.properties", "set.[0010,0020]PatientID=@remove()");
        Write("b.properties", "remove.unspecifiedelements=");
        var counts = session.Invoke("Test-PacsbinScript ./*.properties -Exact -Summary -ProfileName Basic -Option RetainUids").Select(o => Assert.IsType<ScriptAuditSummary>(o.BaseObject)).ToList();
        Assert.Equal(["a.properties Root", "a.properties Nested", "b.properties Root", "b.properties Nested"], counts.Select(c => $"{Path.GetFileName(c.Path)} {c.Place}"));
        Assert.All(counts, c => Assert.Equal(c.Rows, c.Same + c.Stronger + c.Weaker + c.Missing));
        Assert.True(counts[0].Missing > 500 && counts[2].Missing < 20 && counts[1].Same > 20);
    }

    [Fact]
    public async Task Rows_and_counts_are_tables()
    {
        Write("a.properties", "set.[0010,0020]PatientID=@remove()");
        string rows = await Show("Test-PacsbinScript ./a.properties | Where-Object Keyword -eq PatientID");
        Assert.Matches(@"Tag +Keyword +Place +Standard +Script +Verdict +Rule *\n", rows);
        Assert.Matches(@"\n\(0010,0020\) PatientID +Root +Z/D +Removed +Stronger +@remove\(\) *\n", rows);
        Assert.Matches(@"Place +Rows +Same +Stronger +Weaker +Missing +UnwalkedSequences +Path *\n", await Show("Test-PacsbinScript ./a.properties -Summary"));
    }

    [Fact]
    public void What_looks_wrong_is_a_warning_with_its_place()
    {
        Write("a.properties", "set.[0010,0020]PatientID=@hsh(this)");
        session.Invoke("Test-PacsbinScript ./a.properties -Summary");
        Assert.StartsWith("a.properties: Line 1, column ", Assert.Single(session.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Script_that_cannot_run_is_an_error_and_the_others_are_audited()
    {
        Write("a.xml", "<script><e");
        Write("b.properties", "set.[0010,0020]PatientID=@param(@SITE)");
        Write("c.properties", "remove.curves=");
        Assert.Equal(2, session.Invoke("Test-PacsbinScript ./a.xml, ./b.properties, ./c.properties -Summary").Count);
        Assert.Equal(["a.xml", "b.properties"], session.Errors.Select(e => Path.GetFileName((string)e.TargetObject)));
        Assert.All(session.Errors, e => Assert.StartsWith("InvalidScript,", e.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(2, session.Invoke("Test-PacsbinScript ./b.properties -Summary -Parameter @{ SITE = 12 }").Count);
        Assert.Empty(session.Errors);
    }

    [Fact]
    public void Options_that_exclude_each_other_are_refused()
    {
        Write("a.properties", "remove.curves=");
        Assert.Empty(session.Invoke("Test-PacsbinScript ./a.properties -Option RetainFullDates"));
        Assert.StartsWith("InvalidProfile,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pacsbin/script.json")]
    [InlineData("ctp/scripts/DicomServiceAnonymizer.script")]
    public void Published_scripts_mean_the_same_in_either_form(string path)
    {
        string file = TestData.RequireShared(path.Split('/'));
        session.Invoke("$null = ConvertTo-PacsbinScript -LiteralPath $args[0] -Format CtpXml -Destination ./a.xml", file);
        session.Invoke("$null = ConvertTo-PacsbinScript ./a.xml -Format PacsbinJson -Destination ./b.json");
        session.Invoke("$null = ConvertTo-PacsbinScript ./b.json -Format CtpXml -Destination ./c.xml");
        Assert.Empty(session.Errors);
        var (first, json) = (AnonymizerScript.Load(file), AnonymizerScript.Load(Path.Combine(folder, "b.json")));
        Assert.Equal((ScriptFormat.PacsbinJson, first.Rules.Count), (json.Format, json.Rules.Count));
        Assert.Equal(first.Rules.Select(r => (r.Key, r.Name, r.Text, r.IsEnabled)), json.Rules.Select(r => (r.Key, r.Name, r.Text, r.IsEnabled)));
        Assert.Equal(first.Options, json.Options);
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "a.xml")), File.ReadAllText(Path.Combine(folder, "c.xml")));
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "a.xml")), Assert.Single(session.Invoke("ConvertTo-PacsbinScript ./b.json CtpXml")).BaseObject);
    }

    [Fact]
    public void File_is_written_whole_and_replaced_only_by_force()
    {
        Write("[a].properties", "set.[0010,0020]PatientID=@param(@SITE)");
        session.Invoke("ConvertTo-PacsbinScript -LiteralPath './[a].properties' CtpXml ./out.xml -WhatIf");
        Assert.Contains(session.HostLines, l => l.Contains("What if", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(folder, "out.xml")));
        Write("out.xml", "old");
        Assert.Empty(session.Invoke("ConvertTo-PacsbinScript -LiteralPath './[a].properties' CtpXml ./out.xml"));
        Assert.StartsWith("DestinationExists,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Path.Combine(folder, "out.xml")));
        Assert.IsType<FileInfo>(Assert.Single(session.Invoke("ConvertTo-PacsbinScript -LiteralPath './[a].properties' CtpXml ./out.xml -Force")).BaseObject);
        Assert.StartsWith("<script>", File.ReadAllText(Path.Combine(folder, "out.xml")), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void Second_script_does_not_replace_the_first()
    {
        Write("a.properties", "remove.curves=");
        Write("b.properties", "remove.overlays=");
        session.Invoke("$null = ConvertTo-PacsbinScript ./*.properties CtpXml ./out.xml -Force");
        Assert.Equal("b.properties", Path.GetFileName((string)Assert.Single(session.Errors).TargetObject));
        Assert.Contains("curves", File.ReadAllText(Path.Combine(folder, "out.xml")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_form_cannot_say_is_an_error()
    {
        Write("a.properties", "remove.unspecifiedelements=");
        Assert.Empty(session.Invoke("ConvertTo-PacsbinScript ./a.properties PacsbinJson"));
        Assert.StartsWith("InvalidScript,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>What the host prints: it takes a redirected output for 120 columns wide.</summary>
    async Task<string> Show(string script)
    {
        var result = await HostProcess.Run("-Command", $"$null = $ExecutionContext.SessionState.Path.SetLocation('{folder}'); {script}");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.ReplaceLineEndings("\n");
    }

    void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
