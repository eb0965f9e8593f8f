using System.Net;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Endpoints;

public sealed class ProjectEndpointsTests
{
    [Fact]
    public async Task Project_is_made_listed_shown_and_changed_and_its_key_never_leaves()
    {
        await using var server = await SidecarServer.StartAsync();
        Assert.Empty((await server.GetAsync("/v1/projects"))["projects"]!.AsArray());
        var made = await server.SendAsync(
            HttpMethod.Post, "/v1/projects", """{ "folder": "knee trial", "options": ["RetainPatientCharacteristics"], "uidPolicy": "Retain", "retentionDays": 30, "allowedWords": ["CHEST"] }""", HttpStatusCode.Created);
        var folder = Path.Join(server.Studies.Projects, "knee trial");
        using (var project = Project.Open(folder))
        {
            Assert.Equal(
                ("knee trial", "Pacsbin", "RetainPatientCharacteristics", UidPolicy.Retain, 30, "CHEST"),
                (project.Settings.Name, project.Settings.Profile, Assert.Single(project.Settings.Options), project.Settings.UidPolicy, project.Settings.RetentionDays, Assert.Single(project.Settings.AllowedWords)));
            Assert.Equal(("Fits", "KeyFile", project.Settings.Id), ((string?)made["key"], (string?)made["keySource"], (string?)made["id"]));
        }

        await server.RefusedAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "knee trial" }""", HttpStatusCode.Conflict, PacsbinError.DestinationExists);
        Assert.Equal(made.ToJsonString(), (await server.GetAsync("/v1/projects/knee%20trial")).ToJsonString());
        Assert.Equal(made.ToJsonString(), (await server.GetAsync("/v1/projects"))["projects"]![0]!.ToJsonString());

        var changed = await server.SendAsync(HttpMethod.Put, "/v1/projects/knee%20trial/settings", """{ "name": "Knee", "archive": "teaching", "retentionDays": null, "allowedWords": [] }""", HttpStatusCode.OK);
        Assert.Equal(("Knee", "teaching", null, "Retain"), ((string?)changed["name"], (string?)changed["archive"], (int?)changed["retentionDays"], (string?)changed["uidPolicy"]));
        await server.RefusedAsync(HttpMethod.Get, "/v1/projects/none", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("""{ "folder": "a", "profile": "None" }""")]
    [InlineData("""{ "folder": "a", "options": ["RetainEverything"] }""")]
    [InlineData("""{ "folder": "a", "options": ["RetainUids"] }""")]
    [InlineData("""{ "folder": "a", "options": ["RetainFullDates"] }""")]
    [InlineData("""{ "folder": "a", "options": [null] }""")]
    [InlineData("""{ "folder": "a", "option": ["RetainDeviceIdentity"] }""")]
    [InlineData("""{ "folder": "a", "uidPolicy": 1 }""")]
    [InlineData("""{ "folder": "a", "uidPolicy": "1" }""")]
    [InlineData("""{ "folder": "a", "retentionDays": "30" }""")]
    [InlineData("""{ "folder": "a", "retentionDays": 0 }""")]
    [InlineData("""{ "folder": "a", "allowedWords": ["x", "x"] }""")]
    [InlineData("""{ "folder": "a", "name": "  " }""")]
    [InlineData("""{ "name": "a" }""")]
    public async Task Project_with_settings_that_are_not_clear_is_not_made(string body)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", body, HttpStatusCode.BadRequest);
        Assert.Empty(Directory.GetFileSystemEntries(server.Studies.Projects));
    }

    [Theory]
    [InlineData("""{ "name": "b" }""")]
    [InlineData("""{ "name": "b", "archive": null, "retentionDays": 5 }""")]
    [InlineData("""{ "name": null, "archive": null, "retentionDays": 5, "allowedWords": [] }""")]
    [InlineData("""{ "name": "b", "archive": null, "retentionDays": 5, "allowedWords": [], "profile": "Basic" }""")]
    public async Task Settings_are_changed_whole_or_not(string body)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "a" }""", HttpStatusCode.Created);
        var before = await server.GetAsync("/v1/projects/a");
        await server.SendAsync(HttpMethod.Put, "/v1/projects/a/settings", body, HttpStatusCode.BadRequest);
        Assert.Equal(before.ToJsonString(), (await server.GetAsync("/v1/projects/a")).ToJsonString());
    }

    [Fact]
    public async Task Identity_is_told_for_a_reason_and_the_audit_log_knows()
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "a" }""", HttpStatusCode.Created);
        server.Studies.Add();
        var sources = new StudyScanner().Scan([server.Studies.Source], cancellationToken: TestContext.Current.CancellationToken).Studies;
        using (var project = Project.Open(Path.Join(server.Studies.Projects, "a")))
        using (var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, server.Studies.Workspace, project: project))
        {
            run.Run(sources, static _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        }

        var pseudonym = (string)(await server.GetAsync("/v1/studies"))["studies"]![0]!["patientId"]!;
        foreach (var (reason, identities) in new[] { ("", $"\"{pseudonym}\""), ("  ", $"\"{pseudonym}\""), ("why", ""), ("why", "null"), ("why", "\" \"") })
        {
            await server.SendAsync(HttpMethod.Post, "/v1/identities/resolve", $$"""{ "project": "a", "identities": [{{identities}}], "reason": "{{reason}}" }""", HttpStatusCode.BadRequest);
        }

        Assert.Equal(0, (int?)(await server.GetAsync("/v1/audit-log/test?project=a"))["lines"]);
        var answer = await server.SendAsync(HttpMethod.Post, "/v1/identities/resolve", $$"""{ "project": "a", "identities": ["{{pseudonym}}", "UNKNOWN123"], "reason": "Follow-up visit" }""", HttpStatusCode.OK);
        Assert.Equal(("ELS-0815", "ACCESS-77", "1.2.1", 1), ((string?)answer["identities"]![0]!["patientId"], (string?)answer["identities"]![0]!["accessionNumber"], (string?)answer["identities"]![0]!["studyInstanceUid"], (int?)answer["notFound"]));

        var log = await server.GetAsync("/v1/audit-log/test?project=a");
        Assert.Equal((true, 2), ((bool?)log["isIntact"], (int?)log["lines"]));
        var path = Path.Join(server.Studies.Projects, "a", "audit.log");
        File.WriteAllText(path, File.ReadAllText(path).Replace("Follow-up", "Follow-on", StringComparison.Ordinal));
        Assert.Equal("Changed", (string?)(await server.GetAsync("/v1/audit-log/test?project=a"))["problem"]);
        await server.RequireHealthyAsync(pseudonym, "Follow-up");
    }

    [Fact]
    public async Task Project_whose_key_is_missing_says_so_and_gives_nothing()
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "a" }""", HttpStatusCode.Created);
        File.Delete(Path.Join(server.Studies.Projects, "a", "project.key"));
        await server.RefusedAsync(HttpMethod.Post, "/v1/identities/resolve", """{ "project": "a", "identities": ["X"], "reason": "why" }""", HttpStatusCode.Conflict, PacsbinError.KeyMissing);
        Assert.Equal("Missing", (string?)(await server.GetAsync("/v1/projects/a"))["key"]);
    }
}
