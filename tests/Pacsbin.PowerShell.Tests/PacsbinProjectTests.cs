using System.Management.Automation;
using System.Security;
using Pacsbin.Projects;

namespace Pacsbin.Tests;

public sealed class PacsbinProjectTests : IDisposable
{
    const string NewId = ",Pacsbin.PowerShell.NewPacsbinProjectCommand";
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-projects").FullName;
    readonly ModuleSession session;

    public PacsbinProjectTests()
    {
        session = new ModuleSession(folder);
        session.Set("key", Secret("correct horse battery"));
    }

    public void Dispose()
    {
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void New_project_is_made_at_the_sessions_location()
    {
        var project = Run("New-PacsbinProject trial");
        Assert.Equal(("trial", Path.Combine(folder, "trial"), "Pacsbin", "Replace", "Fits", "KeyFile"), Describe(project));
        Assert.Equal(["crosswalk.db", "project.json", "project.key", "project.lock"], Files("trial"));
        Assert.Empty(session.Errors);
        using var opened = Project.Open(Path.Combine(folder, "trial"));
        Assert.Equal(opened.Settings.Id, project.Properties["Id"].Value);
    }

    [Fact]
    public void New_project_keeps_what_was_chosen()
    {
        File.WriteAllText(Path.Combine(folder, "us.script"), "");
        var project = Run("""
            New-PacsbinProject -Path './膝 [7]' -Name '膝の研究' -ProfileName basic -Option CleanGraphics, RetainFullDates -PixelScript us.script -UidPolicy Retain `
                -Archive Research -RetentionDays 365 -AllowWord CHEST, 胸, CHEST
            """);
        Assert.Equal(("膝の研究", Path.Combine(folder, "膝 [7]"), "Basic", "Retain", "Fits", "KeyFile"), Describe(project));
        var settings = ProjectSettings.Read(Path.Combine(folder, "膝 [7]"));
        Assert.Equal(["RetainFullDates", "CleanGraphics"], settings.Options);
        Assert.Equal((Path.Combine(folder, "us.script"), "Research", 365), (settings.PixelScript, settings.Archive, settings.RetentionDays));
        Assert.Equal(["CHEST", "胸"], settings.AllowedWords);
    }

    [Theory]
    [InlineData("-Option RetainUids")]
    [InlineData("-Option RetainUids -UidPolicy Retain")]
    [InlineData("-UidPolicy Retain")]
    public void Retaining_uids_is_a_policy_and_no_other_option(string options)
    {
        Run($"New-PacsbinProject trial {options}");
        var settings = ProjectSettings.Read(Path.Combine(folder, "trial"));
        Assert.Equal(UidPolicy.Retain, settings.UidPolicy);
        Assert.Empty(settings.Options);
    }

    [Fact]
    public void Given_key_is_stored_nowhere()
    {
        var records = session.Invoke("New-PacsbinProject trial -Key $key -Verbose 4>&1");
        Assert.Equal("Stored no key: -Key has to be at hand whenever the project is used.", Assert.Single(VerboseLines(records)));
        Assert.Equal(["crosswalk.db", "project.json", "project.lock"], Files("trial"));
        Assert.Equal(("Missing", "None"), KeyOf(Run("Get-PacsbinProject trial")));
        byte[] key = SecretText.KeyOf("correct horse battery", ProjectSettings.Read(Path.Combine(folder, "trial")).Id);
        Project.Open(Path.Combine(folder, "trial"), key).Dispose();
        AssertShowsNoKey(key, records.Concat(session.Invoke("Get-PacsbinProject trial")), "trial");
    }

    [Fact]
    public void Nothing_that_is_shown_or_written_beside_the_key_file_holds_the_key()
    {
        var records = session.Invoke("New-PacsbinProject trial -Verbose 4>&1; Get-PacsbinProject trial -Verbose 4>&1; Set-PacsbinProject trial -Name other -Verbose 4>&1");
        Assert.Equal("Stored a random key, which its owner alone can read.", Assert.Single(VerboseLines(records)));
        using var project = Project.Open(Path.Combine(folder, "trial"));
        AssertShowsNoKey(Convert.FromBase64String(File.ReadAllText(Path.Combine(folder, "trial", "project.key"))["pacsbin-key-1:".Length..]), records, "trial");
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(session.Invoke("New-PacsbinProject trial -Key $key -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Make a project\" on target \"{Path.Combine(folder, "trial")}\".", Assert.Single(session.HostLines));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Run("New-PacsbinProject trial");
        string before = Settings("trial");
        Assert.Empty(session.Invoke("Set-PacsbinProject trial -Name other -AllowWord CHEST -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Change Name, AllowWord\" on target \"{Path.Combine(folder, "trial")}\".", Assert.Single(session.HostLines));
        Assert.Equal(before, Settings("trial"));
    }

    [Theory]
    [InlineData("New-PacsbinProject trial", "DestinationExists", "trial: The folder is a project already.")]
    [InlineData("New-PacsbinProject file", "DestinationExists", "file: Expected a folder, found a file.")]
    [InlineData("New-PacsbinProject new -Key $short", "KeyMissing", "-Key: The key has 9 bytes; at least 16 are needed.")]
    [InlineData("New-PacsbinProject new -PixelScript none.script", "FileNotFound", "none.script: The pixel script is not a file that exists.")]
    [InlineData("New-PacsbinProject new -Option RetainFullDates", "InvalidProfile", "-Option: RetainFullDates and RetainModifiedDates exclude each other")]
    [InlineData("New-PacsbinProject new -Option RetainUids -UidPolicy Replace", "InvalidArgument", "contradict each other")]
    [InlineData("New-PacsbinProject new -Name ' x'", "InvalidArgument", "A project's name is 1 to 64 printable characters")]
    [InlineData("New-PacsbinProject new -AllowWord \"a`e[31mb\"", "InvalidArgument", "A word that is allowed")]
    [InlineData("New-PacsbinProject Env:new", "FileNotFound", "Expected a file or folder")]
    public void Errors_of_New_name_the_reason_and_nothing_is_written(string script, string id, string message)
    {
        Run("New-PacsbinProject trial");
        File.WriteAllText(Path.Combine(folder, "file"), "");
        session.Set("short", Secret("too short"));
        string before = Settings("trial");
        var error = ErrorOf(session, script);
        Assert.Equal(id + NewId, error.FullyQualifiedErrorId);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Settings("trial"));
        Assert.Equal(["file", "trial"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Get_lists_the_projects_of_a_folder_and_tells_whose_key_fits()
    {
        session.Invoke("'膝 [7]', 'b', 'c', 'd', 'e' | ForEach-Object { New-PacsbinProject $_ }");
        Directory.CreateDirectory(Path.Combine(folder, "none"));
        File.Delete(Path.Combine(folder, "b", "project.key"));
        File.Copy(Path.Combine(folder, "d", "project.key"), Path.Combine(folder, "c", "project.key"), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "d", "project.key"), "");
        File.WriteAllText(Path.Combine(folder, "e", "project.json"), "{}");
        var projects = session.Invoke("Get-PacsbinProject");
        Assert.Equal([("b", "Missing"), ("c", "Differs"), ("d", "Refused"), ("膝 [7]", "Fits")], projects.Select(p => (Text(p, "Name"), Text(p, "Key"))));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("MalformedElement,Pacsbin.PowerShell.GetPacsbinProjectCommand", Path.Combine(folder, "e")), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Equal(4, session.Invoke("Get-PacsbinProject . -ErrorAction Ignore | Get-PacsbinProject").Count);
        Assert.Single(session.Invoke("Get-PacsbinProject './膝 [7]'"));
        Assert.Empty(session.Invoke("Get-PacsbinProject none, missing"));
        Assert.Equal(["none", "missing"], session.Errors.Select(e => e.TargetObject));
        Assert.All(session.Errors, e => Assert.Equal(ErrorCategory.ObjectNotFound, e.CategoryInfo.Category));
    }

    [Fact]
    public void Set_changes_what_was_named_and_nothing_else()
    {
        Run("New-PacsbinProject trial -Archive Research -RetentionDays 30 -AllowWord CHEST -Option CleanGraphics");
        var before = ProjectSettings.Read(Path.Combine(folder, "trial"));
        Run("Set-PacsbinProject trial -Name '膝'");
        Assert.Equivalent(before with { Name = "膝" }, ProjectSettings.Read(Path.Combine(folder, "trial")), strict: true);
        Run("Set-PacsbinProject trial -AllowWord ((Get-PacsbinProject trial).AllowWord + 'KNEE') -RetentionDays 60");
        Assert.Equivalent(before with { Name = "膝", AllowedWords = ["CHEST", "KNEE"], RetentionDays = 60 }, ProjectSettings.Read(Path.Combine(folder, "trial")), strict: true);
        var project = Run("Get-PacsbinProject . | Set-PacsbinProject -Archive $null -RetentionDays $null -AllowWord @()");
        Assert.Equivalent(before with { Name = "膝", AllowedWords = [], RetentionDays = null, Archive = null }, ProjectSettings.Read(Path.Combine(folder, "trial")), strict: true);
        Assert.Equal(("Fits", "KeyFile"), KeyOf(project));
        Assert.Empty(session.Errors);
    }

    [Theory]
    [InlineData("Set-PacsbinProject trial", "InvalidArgument")]
    [InlineData("Set-PacsbinProject trial -RetentionDays 0", "InvalidArgument")]
    [InlineData("Set-PacsbinProject trial -Name \"a`nb\"", "InvalidArgument")]
    [InlineData("Set-PacsbinProject none -Name x", "FileNotFound")]
    [InlineData("Set-PacsbinProject trial -ProfileName Basic", "NamedParameterNotFound")]
    [InlineData("Set-PacsbinProject trial -UidPolicy Retain", "NamedParameterNotFound")]
    public void Errors_of_Set_leave_the_settings(string script, string id)
    {
        Run("New-PacsbinProject trial");
        string before = Settings("trial");
        Assert.Equal($"{id},Pacsbin.PowerShell.SetPacsbinProjectCommand", ErrorOf(session, script).FullyQualifiedErrorId);
        Assert.Equal(before, Settings("trial"));
    }

    [Fact]
    public async Task Environment_variable_is_the_key_of_a_process()
    {
        Run("New-PacsbinProject stored");
        var result = await HostProcess.Run("-Command", $$"""
            $env:PACSBIN_KEY = 'correct horse battery'
            $made = New-PacsbinProject '{{folder}}/given'
            "$($made.Key) $($made.KeySource)"
            "$((Get-PacsbinProject '{{folder}}/stored').Key)"
            $env:PACSBIN_KEY = 'wrong horse battery'
            "$((Get-PacsbinProject '{{folder}}/given').Key)"
            $env:PACSBIN_KEY = $null
            "$((Get-PacsbinProject '{{folder}}/given').Key)"
            $env:PACSBIN_KEY = 'short'
            New-PacsbinProject '{{folder}}/none'
            """);
        Assert.Equal("Fits Environment\nDiffers\nDiffers\nMissing\n", result.Output);
        Assert.Contains("PACSBIN_KEY: The key has 5 bytes; at least 16 are needed.", result.Error, StringComparison.Ordinal);
        Assert.Equal(["crosswalk.db", "project.json", "project.lock"], Files("given"));
        Assert.False(Directory.Exists(Path.Combine(folder, "none")));
        Project.Open(Path.Combine(folder, "given"), id => SecretText.KeyOf("correct horse battery", id)).Dispose();
    }

    [Fact]
    public void Table_shows_name_profile_and_key()
    {
        Run("New-PacsbinProject trial -Name 'Knee trial'");
        string table = session.Show("Get-PacsbinProject trial");
        Assert.Matches(@"Name +ProfileName +UidPolicy +Key +KeySource +Path", table);
        Assert.Matches(@"Knee trial +Pacsbin +Replace +Fits +KeyFile +\S", table);
    }

    internal static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char c in text) secret.AppendChar(c);
        return secret;
    }

    /// <summary>The only error of a script, which may or may not have ended it.</summary>
    internal static ErrorRecord ErrorOf(ModuleSession session, string script)
    {
        try
        {
            Assert.Empty(session.Invoke(script));
            return Assert.Single(session.Errors);
        }
        catch (RuntimeException e)
        {
            return e.ErrorRecord;
        }
    }

    /// <summary>What a cmdlet says with -Verbose, without PowerShell's own lines.</summary>
    internal static string[] VerboseLines(IEnumerable<PSObject> output) =>
        [.. output.Where(o => o.BaseObject is VerboseRecord).Select(o => o.ToString()).Where(l => !l.StartsWith("Performing the operation", StringComparison.Ordinal))];

    PSObject Run(string script) => Assert.Single(session.Invoke(script));

    static string Text(PSObject value, string property) => value.Properties[property].Value.ToString()!;

    static (string, string, string, string, string, string) Describe(PSObject p) =>
        (Text(p, "Name"), Text(p, "Path"), Text(p, "ProfileName"), Text(p, "UidPolicy"), Text(p, "Key"), Text(p, "KeySource"));

    static (string, string) KeyOf(PSObject p) => (Text(p, "Key"), Text(p, "KeySource"));

    string[] Files(string project) => [.. Directory.GetFiles(Path.Combine(folder, project)).Select(f => Path.GetFileName(f)).Order()];

    string Settings(string project) => File.ReadAllText(Path.Combine(folder, project, "project.json"));

    void AssertShowsNoKey(byte[] key, IEnumerable<PSObject> shown, string project)
    {
        string text = Settings(project) + string.Concat(shown.Select(s => s + string.Concat(s.Properties.Select(p => $" {p.Value}"))));
        string[] spellings = [Convert.ToHexString(key), Convert.ToBase64String(key), Convert.ToBase64String(key)[..16], Convert.ToHexString(key)[..16], "correct horse battery"];
        Assert.All(spellings, s => Assert.DoesNotContain(s, text, StringComparison.OrdinalIgnoreCase));
    }
}
