using System.Net;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Jobs;

public sealed class ScheduleTests
{
    [Fact]
    public async Task Schedule_deidentifies_what_is_new_and_leaves_it_for_review()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
        var made = await server.SendAsync(HttpMethod.Post, "/v1/schedules", Body(server, "every-second", "* * * * * ?"), HttpStatusCode.Created);
        Assert.NotNull(made["next"]);
        await WaitAsync(server, studies: 1);
        server.Studies.Add("2.dcm", study: 2);
        await WaitAsync(server, studies: 2);
        var shown = await server.GetAsync("/v1/schedules/every-second");
        Assert.Equal(("every-second", 0), ((string?)(await server.GetAsync($"/v1/jobs/{shown["last"]!["job"]}"))["schedule"], (int?)shown["last"]!["rejected"]));
        Assert.Equal("Deidentified", (string?)(await server.GetAsync("/v1/studies"))["studies"]![0]!["state"]);
        Assert.Single((await server.GetAsync("/v1/schedules"))["schedules"]!.AsArray());
        await server.SendAsync(HttpMethod.Delete, "/v1/schedules/every-second", null, HttpStatusCode.NoContent);
        await server.RefusedAsync(HttpMethod.Get, "/v1/schedules/every-second", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RefusedAsync(HttpMethod.Delete, "/v1/schedules/every-second", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Schedule_survives_and_its_name_is_its_own()
    {
        using var studies = new MadeStudies();
        studies.Add();
        await using (var first = await SidecarProcess.StartAsync(studies))
        {
            using var client = first.NewClient(first.Token);
            await PostAsync(client, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
            await PostAsync(client, "/v1/schedules", BodyOf(studies.Source, "nightly", "0 2 * * *"), HttpStatusCode.Created);
            await PostAsync(client, "/v1/schedules", BodyOf(studies.Source, "nightly", "0 3 * * *"), HttpStatusCode.Conflict);
            await first.KillAsync();
        }

        await using var second = await SidecarProcess.StartAsync(studies);
        using var again = second.NewClient(second.Token);
        var schedule = JsonNode.Parse(await again.GetStringAsync("/v1/schedules/nightly", TestContext.Current.CancellationToken))!;
        Assert.Equal(("0 2 * * *", 2, 0), ((string?)schedule["cron"], DateTimeOffset.Parse((string)schedule["next"]!, System.Globalization.CultureInfo.InvariantCulture).ToLocalTime().Hour, DateTimeOffset.Parse((string)schedule["next"]!, System.Globalization.CultureInfo.InvariantCulture).Minute));
        Assert.Null(schedule["last"]);
    }

    [Theory]
    [InlineData("nightly", "0 2 * *", "\"project\": \"trial\"")]
    [InlineData("nightly", "99 2 * * *", "\"project\": \"trial\"")]
    [InlineData("", "0 2 * * *", "\"project\": \"trial\"")]
    [InlineData("a b", "0 2 * * *", "\"project\": \"trial\"")]
    [InlineData("nightly", "0 2 * * *", "\"force\": false")]
    [InlineData("nightly", "0 2 * * *", "\"key\": \"a key of the tests, long enough.\"")]
    [InlineData("nightly", "0 2 * * *", "\"project\": \"trial\", \"profile\": \"Basic\"")]
    public async Task Schedule_that_is_not_clear_is_refused(string name, string cron, string more)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
        var body = $$"""{ "name": "{{name}}", "cron": "{{cron}}", "deidentify": { "paths": ["{{server.Studies.Source}}"], {{more}} } }""";
        await server.SendAsync(HttpMethod.Post, "/v1/schedules", body, HttpStatusCode.BadRequest);
        Assert.Empty((await server.GetAsync("/v1/schedules"))["schedules"]!.AsArray());
    }

    private static string Body(SidecarServer server, string name, string cron) => BodyOf(server.Studies.Source, name, cron);

    private static string BodyOf(string source, string name, string cron) =>
        new JsonObject { ["name"] = name, ["cron"] = cron, ["deidentify"] = new JsonObject { ["paths"] = new JsonArray(source), ["project"] = "trial" } }.ToJsonString();

    private static async Task WaitAsync(SidecarServer server, int studies)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); (await server.GetAsync("/v1/studies"))["studies"]!.AsArray().Count < studies; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            Assert.True(DateTime.UtcNow < end, server.Log);
        }
    }

    private static async Task PostAsync(HttpClient client, string path, string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
