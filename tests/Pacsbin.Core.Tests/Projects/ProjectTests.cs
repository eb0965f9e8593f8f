using System.Text;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class ProjectTests : IDisposable
{
    private readonly ProjectFolder projects = new();

    public void Dispose() => projects.Dispose();

    [Fact]
    public void A_project_opens_with_the_settings_and_the_key_that_it_was_made_with()
    {
        var settings = new ProjectSettings
        {
            Name = "膝の研究 [7]",
            Profile = "Basic",
            Options = ["RetainDeviceIdentity", "CleanGraphics"],
            PixelScript = "/scripts/ultrasound [1].script",
            UidPolicy = UidPolicy.Retain,
            Archive = "Research",
            RetentionDays = 365,
            AllowedWords = ["CHEST", "胸"],
        };
        using var made = Project.Create(projects["膝 [7]"], settings, []);
        using var opened = Project.Open(projects["膝 [7]"]);
        Assert.Equal(projects["膝 [7]"], opened.Folder);
        Assert.Equal(made.Key, opened.Key);
        Assert.Equal(32, opened.Key.Length);
        Assert.True(opened.Key.Distinct().Count() > 16);
        Assert.Equivalent(settings with { Id = made.Settings.Id, Created = made.Settings.Created, KeyFingerprint = made.Settings.KeyFingerprint }, opened.Settings, strict: true);
        Assert.Matches("^[0-9a-f]{32}$", opened.Settings.Id);
        Assert.Matches("^[0-9a-f]{32}$", opened.Settings.KeyFingerprint);
        Assert.InRange(opened.Settings.Created, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.Equal(["crosswalk.db", "project.json", "project.key", "project.lock"], Directory.GetFiles(opened.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Projects_have_ids_and_keys_of_their_own()
    {
        var folders = Enumerable.Range(0, 20).Select(i => projects.Create($"{i}")).ToList();
        var opened = folders.Select(f => Project.Open(f)).ToList();
        Assert.Equal(20, opened.Select(p => p.Settings.Id).Distinct().Count());
        Assert.Equal(20, opened.Select(p => p.Settings.KeyFingerprint).Distinct().Count());
        Assert.Equal(20, opened.Select(p => Convert.ToHexString(p.Key)).Distinct().Count());
        opened.ForEach(p => p.Dispose());
    }

    [Fact]
    public void A_key_that_is_given_is_not_stored()
    {
        var folder = projects.Create(key: ProjectFolder.Key);
        Assert.False(File.Exists(Path.Join(folder, "project.key")));
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Project.Open(folder)).Error);
        using var opened = Project.Open(folder, ProjectFolder.Key);
        Assert.Equal(ProjectFolder.Key, opened.Key);
        Assert.NotSame(ProjectFolder.Key, opened.Key);
    }

    [Fact]
    public void The_settings_hold_nothing_of_the_key()
    {
        var folder = projects.Create();
        using var project = Project.Open(folder);
        var json = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Join(folder, "project.json")));
        var file = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Join(folder, "project.key")));
        Assert.All(ProjectFolder.Spellings(project.Key), s => Assert.DoesNotContain(s, json, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Convert.ToBase64String(project.Key), file, StringComparison.Ordinal);
        Assert.All(ProjectFolder.Spellings(project.Key), s => Assert.DoesNotContain(s, $"{project} {project.Settings}", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Another_projects_key_is_a_mismatch_and_a_given_key_comes_before_the_file()
    {
        var folder = projects.Create();
        var other = projects.Create("other");
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folder, ProjectFolder.Key));
        Assert.Equal(PacsbinError.KeyMismatch, error.Error);
        File.Copy(Path.Join(other, "project.key"), Path.Join(folder, "project.key"), overwrite: true);
        error = Assert.Throws<PacsbinException>(() => Project.Open(folder));
        Assert.Equal((PacsbinError.KeyMismatch, "The key in project.key is not that of this project."), (error.Error, error.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_makes_no_project(int length)
    {
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Project.Create(projects["trial"], new ProjectSettings { Name = "Trial" }, new byte[length])).Error);
        Assert.Empty(Directory.GetFileSystemEntries(projects.Path));
    }

    [Fact]
    public void A_folder_that_is_a_project_stays_as_it_is()
    {
        var folder = projects.Create();
        var before = projects.Contents();
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => projects.Create()).Error);
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => projects.Create(key: ProjectFolder.Key)).Error);
        Assert.Equal(before, projects.Contents());
        File.WriteAllText(projects["file"], "");
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => projects.Create("file")).Error);
    }

    [Fact]
    public void A_folder_with_other_files_can_become_a_project()
    {
        Directory.CreateDirectory(projects["trial"]);
        File.WriteAllText(Path.Join(projects["trial"], "protocol.txt"), "of the trial");
        using var project = Project.Open(projects.Create());
        Assert.True(File.Exists(Path.Join(project.Folder, "protocol.txt")));
    }

    [Fact]
    public void A_folder_without_project_is_not_found()
    {
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Project.Open(projects.Path)).Error);
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Project.Open(projects["none"])).Error);
    }

    [Fact]
    public void A_key_that_waits_in_a_folder_becomes_that_of_the_project()
    {
        var folder = projects.Create();
        var key = File.ReadAllBytes(Path.Join(folder, "project.key"));
        File.Delete(Path.Join(folder, "project.json"));
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => projects.Create(key: ProjectFolder.Key)).Error);
        Project.Open(projects.Create()).Dispose();
        Assert.Equal(key, File.ReadAllBytes(Path.Join(folder, "project.key")));
    }

    [Fact]
    public void Of_many_who_make_a_project_at_once_one_succeeds()
    {
        for (var round = 0; round < 25; round++)
        {
            var name = $"round {round}";
            var made = 0;
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            {
                try
                {
                    projects.Create(name, i % 4 == 0 ? ProjectFolder.Key : null);
                    Interlocked.Increment(ref made);
                }
                catch (PacsbinException e) when (e.Error == PacsbinError.DestinationExists)
                {
                }
            });
            Assert.Equal(1, made);
            using var project = Project.Open(projects[name], File.Exists(Path.Join(projects[name], "project.key")) ? null : ProjectFolder.Key);
            Assert.DoesNotContain(Directory.GetFiles(projects[name]), f => f.EndsWith(".partial", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_closed_project_has_no_key()
    {
        var project = Project.Open(projects.Create());
        var key = project.Key;
        project.Dispose();
        Assert.All(key, b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => project.Key);
        Assert.Throws<ObjectDisposedException>(() => project.Derive("anything"));
        Assert.Throws<ObjectDisposedException>(() => ExportedKey.Write(project, projects["key.json"], "correct horse battery", replace: false));
        project.Dispose();
    }

    [Fact]
    public void Derived_keys_are_repeatable_and_differ_by_purpose_and_project()
    {
        using var one = Project.Open(projects.Create(key: ProjectFolder.Key), ProjectFolder.Key);
        using var same = Project.Open(projects.Create("same", ProjectFolder.Key), ProjectFolder.Key);
        using var other = Project.Open(projects.Create("other"));
        Assert.Equal(one.Derive("index"), same.Derive("index"));
        byte[][] all = [one.Key, one.Derive("index"), one.Derive("Index"), one.Derive("values"), one.Derive(""), other.Derive("index")];
        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(all, k => Assert.Equal(32, k.Length));
    }

    [Fact]
    public void Fingerprint_and_derived_keys_are_as_stated()
    {
        using var project = Project.Open(projects.Create(key: ProjectFolder.Key), ProjectFolder.Key);
        const string Program = """
            import sys, hmac
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
            from cryptography.hazmat.primitives import hashes
            key = bytes.fromhex(sys.argv[1])
            print(hmac.new(key, b'PacsbinPS key fingerprint 1', 'sha256').hexdigest()[:32])
            print(HKDF(hashes.SHA256(), 32, None, b'PacsbinPS project 1 crosswalk').derive(key).hex())
            """;
        Peer.RequirePython("cryptography");
        var peer = Peer.Run(Peer.Python, ["-c", Program, Convert.ToHexString(ProjectFolder.Key)]);
        Assert.Equal($"{project.Settings.KeyFingerprint}\n{Convert.ToHexStringLower(project.Derive("crosswalk"))}\n", peer.Output);
    }

    [Fact]
    public void Of_many_changes_at_once_none_is_lost()
    {
        var folder = projects.Create();
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Project.Change(folder, s => s with { AllowedWords = [.. s.AllowedWords, $"WORD{i}"] }));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => $"WORD{i}").Order(), ProjectSettings.Read(folder).AllowedWords.Order());
    }

    [Fact]
    public void Only_what_nothing_depends_on_can_be_changed()
    {
        var folder = projects.Create();
        var before = ProjectSettings.Read(folder);
        Project.Change(folder, s => new ProjectSettings { Name = "New", Archive = "A", RetentionDays = 9, AllowedWords = ["KNEE"], Profile = "Basic", UidPolicy = UidPolicy.Retain, Id = "x" });
        var after = ProjectSettings.Read(folder);
        Assert.Equivalent(before with { Name = "New", Archive = "A", RetentionDays = 9, AllowedWords = ["KNEE"] }, after, strict: true);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Project.Change(folder, s => s with { RetentionDays = 0 })).Error);
        Project.Open(folder).Dispose();
        Assert.Equivalent(after, ProjectSettings.Read(folder), strict: true);
    }
}
