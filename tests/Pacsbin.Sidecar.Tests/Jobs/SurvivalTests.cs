using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Jobs;

/// <summary>Kills sidecars. PACSBIN_KILLS says how often; without it 10 times.</summary>
public sealed class SurvivalTests
{
    private const int StudyCount = 20;
    private const int FilesOfStudy = 12;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("PACSBIN_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 10;

    [Fact]
    public async Task Job_of_a_killed_sidecar_is_done_once_by_the_next()
    {
        using var studies = new MadeStudies();
        for (var study = 1; study <= StudyCount; study++)
        {
            for (var instance = 1; instance <= FilesOfStudy; instance++)
            {
                studies.Add($"{study}/{instance}.dcm", study, instance: instance, rows: 128, columns: 128);
            }
        }

        var (undisturbed, disturbed) = (Path.Join(studies.Workspace, "undisturbed"), Path.Join(studies.Workspace, "disturbed"));
        var random = new Random(20261126);
        TimeSpan duration;
        await using (var first = await SidecarProcess.StartAsync(studies))
        {
            await SendAsync(first, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
            var started = Stopwatch.GetTimestamp();
            await EndAsync(first, await StartAsync(first, undisturbed));
            duration = Stopwatch.GetElapsedTime(started);
        }

        var expected = MadeStudies.Contents(undisturbed);
        Assert.Equal(StudyCount * FilesOfStudy, expected.Count);
        string? id = null;
        var resumed = 0;
        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var sidecar = await SidecarProcess.StartAsync(studies);
            if (id is not null && random.Next(4) == 0)
            {
                await Task.Delay(random.Next((int)duration.TotalMilliseconds), TestContext.Current.CancellationToken);
                await sidecar.KillAsync(); // while it goes on with the job of the one before
                continue;
            }

            if (id is not null)
            {
                var job = await EndAsync(sidecar, id);
                var done = job["result"]!["deidentified"]!.AsArray();
                Assert.Equal(StudyCount, done.Count);
                Assert.All(done, s => Assert.Equal(FilesOfStudy, (int)s!["written"]! + (int)s["skipped"]!));
                resumed += (int)job["attempts"]! > 1 ? 1 : 0;
                Assert.Empty(Directory.GetFileSystemEntries(disturbed, ".*"));
                Assert.Equal(StudyCount, Directory.GetDirectories(disturbed).Length);
                Assert.Equal(expected, MadeStudies.Contents(disturbed));
                Directory.Delete(disturbed, recursive: true);
            }

            id = await StartAsync(sidecar, disturbed);
            for (var files = random.Next(StudyCount * FilesOfStudy); await GetAsync(sidecar, $"/v1/jobs/{id}") is var job && job["ended"] is null && (int)job["progress"]!["files"]! < files;)
            {
                await Task.Delay(2, TestContext.Current.CancellationToken); // by how far it is, because how long it takes depends on what else the machine does
            }

            await Task.Delay(random.Next(25), TestContext.Current.CancellationToken);
            await sidecar.KillAsync();
        }

        Assert.True(resumed >= Kills / 4, $"{resumed} jobs were gone on with"); // or the kills came too late to prove anything
    }

    [Fact]
    public async Task Key_of_a_job_survives_with_it_and_uploads_that_nobody_waits_for_do_not()
    {
        using var studies = new MadeStudies();
        for (var instance = 1; instance <= 300; instance++)
        {
            studies.Add($"{instance}.dcm", instance: instance, rows: 128, columns: 128);
        }

        string id;
        var body = new JsonObject { ["paths"] = new JsonArray(studies.Source), ["key"] = "a key of the tests, long enough." }.ToJsonString();
        await using (var first = await SidecarProcess.StartAsync(studies))
        {
            using var client = first.NewClient(first.Token);
            using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "files", "x" } };
            using var upload = await client.PostAsync("/v1/uploads", form, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, upload.StatusCode);
            id = (string)(await SendAsync(first, "/v1/studies/deidentify", body, HttpStatusCode.Accepted))["id"]!;
            await first.KillAsync();
        }

        await using var second = await SidecarProcess.StartAsync(studies);
        Assert.Empty(Directory.GetDirectories(Path.Join(studies.Root, "store", "uploads")));
        var job = await EndAsync(second, id);
        var again = await EndAsync(second, (string)(await SendAsync(second, "/v1/studies/deidentify", body, HttpStatusCode.Accepted))["id"]!);
        Assert.Equal((string?)job["result"]!["deidentified"]![0]!["studyInstanceUid"], (string?)again["result"]!["deidentified"]![0]!["studyInstanceUid"]);
        Assert.Equal(300, (int?)again["result"]!["deidentified"]![0]!["skipped"]);
    }

    [Fact]
    public async Task Cancelled_job_stays_so_and_a_sidecar_that_is_ended_leaves_its_job_to_the_next()
    {
        using var studies = new MadeStudies();
        for (var instance = 1; instance <= 300; instance++)
        {
            studies.Add($"{instance}.dcm", instance: instance, rows: 128, columns: 128);
        }

        string[] ids;
        await using (var first = await SidecarProcess.StartAsync(studies))
        {
            await SendAsync(first, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
            ids = [await StartAsync(first, Path.Join(studies.Workspace, "a")), await StartAsync(first, Path.Join(studies.Workspace, "b"))];
            await SendAsync(first, $"/v1/jobs/{ids[0]}/cancel", null, HttpStatusCode.OK);
            await first.EndAsync();
        }

        await using var second = await SidecarProcess.StartAsync(studies);
        Assert.Equal("Cancelled", (string?)(await GetAsync(second, $"/v1/jobs/{ids[0]}"))["state"]);
        Assert.Equal(300, (int?)(await EndAsync(second, ids[1]))["progress"]!["files"]);
    }

    [Fact]
    public async Task Two_sidecars_do_not_share_a_store()
    {
        await using var first = await SidecarProcess.StartAsync();
        var (exitCode, output) = await SidecarProcess.RunAsync("--workspace", first.Studies.Workspace, "--store", Path.Join(first.Studies.Root, "store"), "--token-file", Path.Join(first.Studies.Root, "other"));
        Assert.Equal(1, exitCode);
        Assert.Contains("ManifestConflict", output, StringComparison.Ordinal);
    }

    private static async Task<string> StartAsync(SidecarProcess sidecar, string workspace) =>
        (string)(await SendAsync(sidecar, "/v1/studies/deidentify", new JsonObject { ["paths"] = new JsonArray(sidecar.Studies.Source), ["project"] = "trial", ["workspace"] = workspace }.ToJsonString(), HttpStatusCode.Accepted))["id"]!;

    private static async Task<JsonNode> EndAsync(SidecarProcess sidecar, string id)
    {
        for (var end = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            var job = await GetAsync(sidecar, $"/v1/jobs/{id}");
            if ((string?)job["ended"] is not null)
            {
                Assert.True((string?)job["state"] == "Succeeded" && (int?)job["rejectedCount"] == 0, job.ToJsonString());
                return job;
            }

            Assert.True(DateTime.UtcNow < end, job.ToJsonString() + sidecar.Output);
        }
    }

    private static async Task<JsonNode> GetAsync(SidecarProcess sidecar, string path)
    {
        using var client = sidecar.NewClient(sidecar.Token);
        return JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!;
    }

    private static async Task<JsonNode> SendAsync(SidecarProcess sidecar, string path, string? body, HttpStatusCode expected)
    {
        using var client = sidecar.NewClient(sidecar.Token);
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
