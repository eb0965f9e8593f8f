using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Sidecar;

namespace Pacsbin.Tests.Cluster;

/// <summary>Several sidecars on one PostgreSQL database.</summary>
public sealed class ClusterTests(PostgresServer database) : IClassFixture<PostgresServer>
{
    private const int StudyCount = 12;
    private const int ManyStudies = 60;
    private const int FilesOfStudy = 10;
    private const string Key = "a key of the tests, long enough.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Studies_of_a_job_are_shared_and_those_of_a_killed_sidecar_are_done_once_by_the_other()
    {
        await database.RenewAsync();
        using var studies = MakeStudies(ManyStudies);
        var nodes = await Task.WhenAll(StartAsync(studies), StartAsync(studies)); // at once, on a database without tables
        await using var first = nodes[0];
        await using var second = nodes[1];
        var project = await PostAsync(first, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
        await EndAsync(first, await BeginAsync(first, "undisturbed", project: "trial"));
        var expected = MadeStudies.Contents(Path.Join(studies.Workspace, "undisturbed"));
        Assert.Equal(ManyStudies * FilesOfStudy, expected.Count);

        var id = await BeginAsync(first, "disturbed", project: "trial");
        var workers = new HashSet<string>();
        JsonNode job;
        do
        {
            workers.UnionWith(await database.ReadAsync("SELECT instance_name FROM pacsbin.qrtz_fired_triggers"));
            job = await GetAsync(second, id);
            Assert.True((string?)job["ended"] is null, "The job has ended before anything was killed: it needs more studies.");
        }
        while ((int)job["progress"]!["files"]! < ManyStudies * FilesOfStudy / 4 || workers.Count < 2);

        await first.KillAsync();
        job = await EndAsync(second, id);
        var done = job["result"]!["deidentified"]!.AsArray();
        Assert.Equal(ManyStudies, done.Select(s => (string)s!["studyInstanceUid"]!).Distinct().Count());
        Assert.Equal(ManyStudies, done.Count);
        Assert.All(done, s => Assert.Equal(FilesOfStudy, (int)s!["written"]! + (int)s["skipped"]!));
        Assert.Equal(expected, MadeStudies.Contents(Path.Join(studies.Workspace, "disturbed")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(studies.Workspace, "disturbed"), ".*"));
        Assert.Equal(["2"], await database.ReadAsync("SELECT count(*) FROM pacsbin.job WHERE parent IS NULL"));

        // The crosswalk is in the database too: each sidecar can tell who a patient is.
        var question = new JsonObject { ["project"] = "trial", ["identities"] = new JsonArray((string)done[0]!["studyInstanceUid"]!), ["reason"] = "A test." };
        Assert.Equal(MadeStudies.PatientId, (string?)(await PostAsync(second, "/v1/identities/resolve", question.ToJsonString(), HttpStatusCode.OK))["identities"]![0]!["patientId"]);
        Assert.False(File.Exists(Path.Join(studies.Projects, "trial", "crosswalk.db")));
        Assert.Equal(["1"], await database.ReadAsync($"SELECT count(*) FROM crosswalk_{project["id"]}.patient"));
        Assert.Equal([$"{ManyStudies * FilesOfStudy}"], await database.ReadAsync($"SELECT count(*) FROM crosswalk_{project["id"]}.instance"));

        // Nothing in the clear: neither what is to be done, nor with which key, nor what came of it.
        var texts = string.Join('\n', (await database.ReadAsync("SELECT job::text FROM pacsbin.job")).Concat(await database.ReadAsync($"SELECT patient::text FROM crosswalk_{project["id"]}.patient")));
        Assert.All([Key, studies.Source, .. MadeStudies.Secrets], secret => Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), texts, StringComparison.Ordinal));
        Assert.DoesNotContain(PostgresServer.Password, second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_of_one_sidecar_is_seen_and_cancelled_by_the_other()
    {
        await database.RenewAsync();
        using var studies = MakeStudies();
        await using var first = await StartAsync(studies);
        await using var second = await StartAsync(studies);
        var id = await BeginAsync(first, "cancelled");
        while ((int)(await GetAsync(second, id))["progress"]!["files"]! == 0)
        {
            await Task.Delay(20, Cancel);
        }

        using var client = second.NewClient(second.Token);
        using var answer = await client.PostAsync($"/v1/jobs/{id}/cancel", null, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await EndAsync(first, id, "Cancelled");
        Assert.Equal("Cancelled", (string?)(await GetAsync(second, id))["state"]);

        var again = await EndAsync(second, await BeginAsync(second, "cancelled"));
        Assert.Equal(StudyCount, again["result"]!["deidentified"]!.AsArray().Count);
    }

    [Fact]
    public async Task Database_that_goes_away_for_a_while_loses_no_job()
    {
        await database.RenewAsync();
        using var studies = MakeStudies();
        await using var first = await StartAsync(studies);
        await using var second = await StartAsync(studies);
        var id = await BeginAsync(first, "interrupted");
        while ((int)(await GetAsync(first, id))["progress"]!["files"]! == 0)
        {
            await Task.Delay(20, Cancel);
        }

        await database.EndAsync();
        using (var client = first.NewClient(first.Token))
        {
            using var answer = await client.GetAsync($"/v1/jobs/{id}", Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Equal("ok", await client.GetStringAsync("/healthz", Cancel));
        }

        await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
        await database.BeginAsync();
        var job = await EndAsync(second, id);
        Assert.Equal(StudyCount, job["result"]!["deidentified"]!.AsArray().Count);
        Assert.Equal(StudyCount * FilesOfStudy, MadeStudies.Contents(Path.Join(studies.Workspace, "interrupted")).Count);
        Assert.DoesNotContain(PostgresServer.Password, first.Output + second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidecar_stops_its_work_before_others_take_it_over_when_the_database_says_nothing()
    {
        await database.RenewAsync();
        using var studies = MakeStudies();
        await using var sidecar = await StartAsync(studies);
        var id = await BeginAsync(sidecar, "silent");
        while ((int)(await GetAsync(sidecar, id))["progress"]!["files"]! == 0)
        {
            await Task.Delay(20, Cancel);
        }

        await database.SignalAsync("STOP");
        var since = Stopwatch.StartNew();
        try
        {
            while (!sidecar.Output.Contains("what was being done here is left to others", StringComparison.Ordinal))
            {
                Assert.True(since.Elapsed < TimeSpan.FromSeconds(12), sidecar.Output); // others wait for 15 s
                await Task.Delay(100, Cancel);
            }
        }
        finally
        {
            await database.SignalAsync("CONT");
        }

        var job = await EndAsync(sidecar, id);
        Assert.Equal(StudyCount, job["result"]!["deidentified"]!.AsArray().Count);
        Assert.Equal(StudyCount * FilesOfStudy, MadeStudies.Contents(Path.Join(studies.Workspace, "silent")).Count);
    }

    [Fact]
    public async Task Studies_of_a_job_without_a_key_share_a_pseudonym_that_nobody_can_resolve()
    {
        await database.RenewAsync();
        using var studies = MakeStudies();
        foreach (var broken in new[] { "1/broken.dcm", "alone/broken.dcm" }) // beside a study, and where no part of the job looks
        {
            var path = Path.Join(studies.Source, broken);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, File.ReadAllBytes(Path.Join(studies.Source, "1", "1.dcm"))[..400]);
        }

        await using var one = await StartAsync(studies);
        var job = await EndAsync(one, await BeginAsync(one, "anonymous", key: null));
        Assert.Equal(2, (int?)job["rejectedCount"]);
        Assert.Equal(2, job["rejected"]!.AsArray().Select(r => (string?)r!["file"]).Distinct().Count());
        Assert.Equal(StudyCount, job["result"]!["deidentified"]!.AsArray().Count);
        using var client = one.NewClient(one.Token);
        var found = JsonNode.Parse(await client.GetStringAsync($"/v1/studies?workspace={Uri.EscapeDataString(Path.Join(studies.Workspace, "anonymous"))}", Cancel))!;
        Assert.Single(found["studies"]!.AsArray().Select(s => (string)s!["patientId"]!).Distinct());
        Assert.Equal(["0"], await database.ReadAsync("SELECT count(*) FROM pacsbin.job WHERE request IS NOT NULL")); // with the key
    }

    [Theory]
    [InlineData("Password=" + PostgresServer.Password, "Password=wrong-but-secret", "FileAccessDenied")]
    [InlineData("Database=", "Database=nowhere", "FileNotFound")]
    [InlineData("Port=", "Port=1", "FileIo")]
    [InlineData("Host=127.0.0.1", "Host=db.example", "FileAccessDenied")]
    [InlineData("Username", "User of the database", "MalformedElement")]
    public async Task Database_that_cannot_be_used_is_an_error_without_the_password(string part, string instead, string error)
    {
        await database.RenewAsync();
        using var studies = new MadeStudies();
        var (exitCode, output) = await SidecarProcess.RunAsync(
            "--workspace", studies.Workspace, "--store", database.ConnectionString.Replace(part, instead, StringComparison.Ordinal), "--shared", studies.Projects, "--token-file", Path.Join(studies.Root, "token"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"pacsbin-sidecar: {error}: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PostgresServer.Password, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--store", "Host=127.0.0.1")]
    [InlineData("--shared", "/tmp")]
    public void Database_and_shared_folder_need_each_other(params string[] line) => Assert.Contains("--shared", Assert.Throws<UsageException>(() => CommandLine.Parse(line)).Message, StringComparison.Ordinal);

    private static MadeStudies MakeStudies(int count = StudyCount)
    {
        var studies = new MadeStudies();
        Pacsbin.Studies.PrivateFolder.Make(Path.Join(studies.Root, "shared"));
        for (var study = 1; study <= count; study++)
        {
            for (var instance = 1; instance <= FilesOfStudy; instance++)
            {
                studies.Add($"{study}/{instance}.dcm", study, instance: instance, rows: 128, columns: 128);
            }
        }

        return studies;
    }

    private Task<SidecarProcess> StartAsync(MadeStudies studies) =>
        SidecarProcess.StartAsync(studies, "--store", database.ConnectionString, "--shared", Path.Join(studies.Root, "shared"), "--token-file", Path.Join(studies.Root, $"token-{Guid.NewGuid():N}"));

    private static async Task<string> BeginAsync(SidecarProcess sidecar, string workspace, string? key = Key, string? project = null)
    {
        var body = new JsonObject { ["paths"] = new JsonArray(sidecar.Studies.Source), ["workspace"] = Path.Join(sidecar.Studies.Workspace, workspace), ["key"] = project is null ? key : null, ["project"] = project };
        return (string)(await PostAsync(sidecar, "/v1/studies/deidentify", body.ToJsonString(), HttpStatusCode.Accepted))["id"]!;
    }

    private static async Task<JsonNode> PostAsync(SidecarProcess sidecar, string path, string body, HttpStatusCode expected)
    {
        using var client = sidecar.NewClient(sidecar.Token);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> GetAsync(SidecarProcess sidecar, string id)
    {
        using var client = sidecar.NewClient(sidecar.Token);
        for (var end = DateTime.UtcNow.AddSeconds(10); ; await Task.Delay(200, Cancel))
        {
            using var answer = await client.GetAsync($"/v1/jobs/{id}", Cancel);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || DateTime.UtcNow > end) // with connections of before the database went away
            {
                return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancel))!;
            }
        }
    }

    private static async Task<JsonNode> EndAsync(SidecarProcess sidecar, string id, string state = "Succeeded")
    {
        for (var end = DateTime.UtcNow + Patience; ; await Task.Delay(50, Cancel))
        {
            var job = await GetAsync(sidecar, id);
            if ((string?)job["ended"] is not null)
            {
                Assert.True((string?)job["state"] == state, job.ToJsonString());
                return job;
            }

            Assert.True(DateTime.UtcNow < end, job.ToJsonString() + sidecar.Output);
        }
    }
}
