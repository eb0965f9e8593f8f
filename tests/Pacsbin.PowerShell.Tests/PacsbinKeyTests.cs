using System.Collections.ObjectModel;
using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.Tests;

public sealed class PacsbinKeyTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-keys").FullName;
    readonly ModuleSession session;

    public PacsbinKeyTests()
    {
        session = new ModuleSession(folder);
        session.Set("passphrase", PacsbinProjectTests.Secret("pässphrase of 山田"));
        session.Set("wrong", PacsbinProjectTests.Secret("pässphrase of 山口"));
        session.Set("short", PacsbinProjectTests.Secret("elevenchars"));
        session.Set("key", PacsbinProjectTests.Secret("correct horse battery"));
        session.Invoke("New-PacsbinProject './trial [膝]'; New-PacsbinProject other");
        Directory.CreateDirectory(Path.Combine(folder, "copy"));
        File.Copy(Path.Combine(folder, "trial [膝]", "project.json"), Path.Combine(folder, "copy", "project.json"));
    }

    public void Dispose()
    {
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Key_travels_to_a_copy_of_the_project()
    {
        var file = Assert.Single(Run("Export-PacsbinKey -Project './trial [膝]' -Path './key [1].json' -Passphrase $passphrase"));
        Assert.Equal(Path.Combine(folder, "key [1].json"), ((FileInfo)file.BaseObject).FullName);
        var project = Assert.Single(Run("Import-PacsbinKey copy './key [1].json' $passphrase"));
        Assert.Equal(("Fits", "KeyFile"), (project.Properties["Key"].Value.ToString(), project.Properties["KeySource"].Value.ToString()));
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "trial [膝]", "project.key")), File.ReadAllText(Path.Combine(folder, "copy", "project.key")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "key [1].json")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "copy", "project.key")));
        }
    }

    [Fact]
    public void Verbose_tells_what_was_done_and_never_the_key()
    {
        var shown = Run("""
            Export-PacsbinKey './trial [膝]' key.json $passphrase -Verbose 4>&1
            Import-PacsbinKey copy key.json $passphrase -Verbose 4>&1
            Import-PacsbinKey copy key.json $passphrase -Verbose 4>&1
            """);
        string[] verbose = PacsbinProjectTests.VerboseLines(shown);
        using var project = Project.Open(Path.Combine(folder, "trial [膝]"));
        Assert.Equal([$"Exported the key with fingerprint {project.Settings.KeyFingerprint}.", "Stored the key, which its owner alone can read.", "The project has this key already."], verbose);
        string key = File.ReadAllText(Path.Combine(folder, "copy", "project.key"))["pacsbin-key-1:".Length..];
        string text = string.Concat(shown) + File.ReadAllText(Path.Combine(folder, "key.json"));
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Convert.FromBase64String(key)), text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(Run("Export-PacsbinKey './trial [膝]' key.json $passphrase -WhatIf"));
        Assert.False(File.Exists(Path.Combine(folder, "key.json")));
        Run("Export-PacsbinKey './trial [膝]' key.json $passphrase");
        Assert.Empty(Run("Import-PacsbinKey copy key.json $passphrase -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Import the key of {Path.Combine(folder, "key.json")}\" on target \"{Path.Combine(folder, "copy")}\".", Assert.Single(session.HostLines));
        Assert.Equal([Path.Combine(folder, "copy", "project.json")], Directory.GetFiles(Path.Combine(folder, "copy")));
    }

    [Fact]
    public void Key_that_is_not_stored_can_be_exported_and_stored()
    {
        Run("New-PacsbinProject given -Key $key; Export-PacsbinKey given key.json $passphrase -Key $key; Import-PacsbinKey given key.json $passphrase");
        using var project = Project.Open(Path.Combine(folder, "given"));
        Assert.False(File.ReadAllText(Path.Combine(folder, "key.json")).Contains("correct", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Export-PacsbinKey './trial [膝]' key.json $passphrase", "DestinationExists", "key.json")]
    [InlineData("Export-PacsbinKey './trial [膝]' new.json $short", "KeyMissing", "new.json")]
    [InlineData("Export-PacsbinKey './trial [膝]' new.json $passphrase -Key $key", "KeyMismatch", "./trial [膝]")]
    [InlineData("Export-PacsbinKey copy new.json $passphrase", "KeyMissing", "copy")]
    [InlineData("Export-PacsbinKey none new.json $passphrase", "FileNotFound", "none")]
    [InlineData("Export-PacsbinKey './trial [膝]' none/new.json $passphrase", "FileNotFound", "none/new.json")]
    [InlineData("Import-PacsbinKey copy key.json $wrong", "KeyMismatch", "key.json")]
    [InlineData("Import-PacsbinKey copy key.json $short -Force", "KeyMismatch", "key.json")]
    [InlineData("Import-PacsbinKey other key.json $passphrase -Force", "KeyMismatch", "key.json")]
    [InlineData("Import-PacsbinKey copy none.json $passphrase", "FileNotFound", "none.json")]
    [InlineData("Import-PacsbinKey copy copy/project.json $passphrase", "KeyMismatch", "copy/project.json")]
    public void Errors_name_the_reason_and_nothing_is_written(string script, string id, string target)
    {
        Run("Export-PacsbinKey './trial [膝]' key.json $passphrase");
        var before = Contents();
        var error = PacsbinProjectTests.ErrorOf(session, script);
        string command = script.StartsWith("Export", StringComparison.Ordinal) ? "ExportPacsbinKeyCommand" : "ImportPacsbinKeyCommand";
        Assert.Equal(($"{id},Pacsbin.PowerShell.{command}", target), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Force_replaces_what_is_there()
    {
        Run("Export-PacsbinKey './trial [膝]' key.json $passphrase");
        string first = File.ReadAllText(Path.Combine(folder, "key.json"));
        Run("Export-PacsbinKey './trial [膝]' key.json $passphrase -Force");
        Assert.NotEqual(first, File.ReadAllText(Path.Combine(folder, "key.json")));
        File.Copy(Path.Combine(folder, "other", "project.key"), Path.Combine(folder, "copy", "project.key"));
        var error = PacsbinProjectTests.ErrorOf(session, "Import-PacsbinKey copy key.json $passphrase");
        Assert.Equal("DestinationExists,Pacsbin.PowerShell.ImportPacsbinKeyCommand", error.FullyQualifiedErrorId);
        Assert.Equal("Fits", Assert.Single(Run("Import-PacsbinKey copy key.json $passphrase -Force")).Properties["Key"].Value.ToString());
    }

    Collection<PSObject> Run(string script)
    {
        var output = session.Invoke(script);
        Assert.Empty(session.Errors);
        return output;
    }

    SortedDictionary<string, string> Contents() =>
        new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f))), StringComparer.Ordinal);
}
