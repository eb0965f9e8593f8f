using Pacsbin.Projects;
using Pacsbin.Tests.Dicom;
using Xunit;

namespace Pacsbin.Tests.Projects;

/// <summary>The environment is the whole process's, so other tests wait.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class EnvironmentKeyTests : IDisposable
{
    private readonly ProjectFolder projects = new();

    public void Dispose()
    {
        Set(null);
        projects.Dispose();
    }

    [Fact]
    public void The_variable_comes_after_a_given_key_and_before_the_file()
    {
        var stored = projects.Create();
        var given = projects.Create("given", ProjectFolder.Key);
        Set($"pacsbin-key-1:{Convert.ToBase64String(ProjectFolder.Key)}");
        using (var project = Project.Open(given))
        {
            Assert.Equal(ProjectFolder.Key, project.Key);
        }

        var error = Assert.Throws<PacsbinException>(() => Project.Open(stored));
        Assert.Equal((PacsbinError.KeyMismatch, "The key in PACSBIN_KEY is not that of this project."), (error.Error, error.Message));
        error = Assert.Throws<PacsbinException>(() => Project.Open(given, new byte[32]));
        Assert.Equal((PacsbinError.KeyMismatch, "The key is not that of this project."), (error.Error, error.Message));
    }

    [Fact]
    public void The_variable_may_hold_a_text_to_be_stretched()
    {
        var folder = projects.Create("trial", "correct horse battery");
        Set("correct horse battery");
        Project.Open(folder).Dispose();
        Set("correct horse Battery");
        Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => Project.Open(folder)).Error);
        Set("too short");
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folder));
        Assert.Equal((PacsbinError.KeyMissing, "PACSBIN_KEY: The key has 9 bytes; at least 16 are needed."), (error.Error, error.Message));
    }

    [Fact]
    public void One_text_makes_another_key_for_each_project_and_the_same_in_all_ways_and_places()
    {
        const string Text = "correct horse battery";
        Set(Text);
        string[] folders = [projects.Create("one", Text), projects.Create("other", Text)];
        folders = [.. folders, projects.CopyWithoutKey(folders[0], "elsewhere")];
        var keys = folders.Select(f =>
        {
            using var fromEnvironment = Project.Open(f);
            using var given = Project.Open(f, id => SecretText.KeyOf(Text, id));
            Assert.Equal(given.Key, fromEnvironment.Key);
            Assert.Equal(KeyState.Fits, Project.Inspect(f, SecretText.KeyOfEnvironment).Key);
            return Convert.ToHexString(given.Key);
        }).ToList();
        Assert.NotEqual(keys[0], keys[1]);
        Assert.Equal(keys[0], keys[2]);
        Assert.DoesNotContain(Convert.ToHexString(SecretText.KeyOf(Text, null)), keys);
        Assert.NotEqual(ProjectSettings.Read(folders[0]).KeyFingerprint, ProjectSettings.Read(folders[1]).KeyFingerprint);
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folders[0], SecretText.KeyOf(Text, null)));
        Assert.Equal(PacsbinError.KeyMismatch, error.Error);
    }

    [Fact]
    public void An_empty_variable_is_none()
    {
        Set("");
        Project.Open(projects.Create()).Dispose();
    }

    private static void Set(string? text) => Environment.SetEnvironmentVariable(SecretText.EnvironmentVariable, text);
}
