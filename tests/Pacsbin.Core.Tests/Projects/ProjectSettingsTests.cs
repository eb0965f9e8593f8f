using System.Text.Json.Nodes;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class ProjectSettingsTests : IDisposable
{
    private readonly ProjectFolder projects = new();

    public void Dispose() => projects.Dispose();

    [Fact]
    public void The_file_has_exactly_the_members_that_are_stated()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Join(projects.Create(), ProjectSettings.FileName)))!.AsObject();
        Assert.Equal(
            ["format", "id", "name", "created", "profile", "options", "pixelScript", "uidPolicy", "archive", "retentionDays", "allowedWords", "keyFingerprint"],
            json.Select(m => m.Key));
        Assert.Equal("pacsbin-project/1", (string?)json["format"]);
        Assert.Equal("Replace", (string?)json["uidPolicy"]);
    }

    [Theory]
    [InlineData("format", "\"pacsbin-project/2\"")]
    [InlineData("format", "null")]
    [InlineData("id", "\"ABC\"")]
    [InlineData("name", "\"\"")]
    [InlineData("name", "\" x\"")]
    [InlineData("name", "\"a\\u001b[31mb\"")]
    [InlineData("name", "null")]
    [InlineData("created", "\"yesterday\"")]
    [InlineData("profile", "\"basic\"")]
    [InlineData("options", "[\"RetainUids\"]")]
    [InlineData("options", "[\"CleanGraphics\",\"CleanGraphics\"]")]
    [InlineData("options", "[null]")]
    [InlineData("options", "\"CleanGraphics\"")]
    [InlineData("pixelScript", "\"\"")]
    [InlineData("uidPolicy", "\"Forget\"")]
    [InlineData("uidPolicy", "7")]
    [InlineData("archive", "\"\"")]
    [InlineData("retentionDays", "0")]
    [InlineData("retentionDays", "1.5")]
    [InlineData("retentionDays", "\"7\"")]
    [InlineData("allowedWords", "[\"\"]")]
    [InlineData("allowedWords", "null")]
    [InlineData("keyFingerprint", "\"00\"")]
    [InlineData("key", "\"c2VjcmV0\"")]
    public void A_member_that_is_unknown_or_wrong_is_refused(string member, string value)
    {
        var folder = projects.Create();
        var path = Path.Join(folder, ProjectSettings.FileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json[member] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Project.Open(folder)).Error);
    }

    [Fact]
    public void Each_member_is_required_and_comes_once()
    {
        var folder = projects.Create();
        var path = Path.Join(folder, ProjectSettings.FileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (member, value) in json)
        {
            var without = json.DeepClone().AsObject();
            without.Remove(member);
            File.WriteAllText(path, without.ToJsonString());
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => ProjectSettings.Read(folder)).Error);
            File.WriteAllText(path, $"{{\"{member}\":{value?.ToJsonString() ?? "null"},{json.ToJsonString()[1..]}");
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => ProjectSettings.Read(folder)).Error);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Other_files_of_that_name_are_refused(string text)
    {
        File.WriteAllText(projects[ProjectSettings.FileName], text);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => ProjectSettings.Read(projects.Path)).Error);
    }

    [Fact]
    public void The_profile_of_a_project_has_its_options_and_its_uid_policy()
    {
        var settings = new ProjectSettings { Name = "Trial", Profile = "Basic", Options = ["RetainFullDates", "CleanGraphics"] };
        Assert.Equal(("Basic", ProfileOptions.RetainFullDates | ProfileOptions.CleanGraphics), Describe(settings));
        Assert.Equal(("Basic", ProfileOptions.RetainFullDates | ProfileOptions.CleanGraphics | ProfileOptions.RetainUids), Describe(settings with { UidPolicy = UidPolicy.Retain }));
        Assert.Equal(("Pacsbin", DeidentificationProfile.Pacsbin.Options), Describe(new ProjectSettings { Name = "Trial" }));

        static (string, ProfileOptions) Describe(ProjectSettings settings) => DeidentificationProfile.Of(settings) is var p ? (p.Name, p.Options) : default;
    }

    [Theory]
    [InlineData("RetainEverything")]
    [InlineData("cleangraphics")]
    [InlineData("128")]
    [InlineData("None")]
    [InlineData("CleanGraphics, RetainUids")]
    [InlineData("RetainFullDates")]
    public void An_option_that_is_unknown_or_contradicts_the_profile_is_refused(string option) =>
        Assert.Equal(PacsbinError.InvalidProfile, Assert.Throws<PacsbinException>(() => DeidentificationProfile.Of(new ProjectSettings { Name = "Trial", Options = [option] })).Error);
}
