using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Jobs;

public sealed class DeidentifyJobTests
{
    private const string Deidentify = "/v1/studies/deidentify";

    [Fact]
    public async Task Job_deidentifies_what_is_below_a_path_and_says_what_came_of_it()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", instance: 2);
        server.Studies.Add("3.dcm", study: 2);
        await File.WriteAllBytesAsync(Path.Join(server.Studies.Source, "broken.dcm"), [.. (await File.ReadAllBytesAsync(Path.Join(server.Studies.Source, "1.dcm"), TestContext.Current.CancellationToken)).Take(300)], TestContext.Current.CancellationToken);
        var job = await server.RunAsync(Deidentify, Body(("paths", new JsonArray(server.Studies.Source))));
        Assert.Equal(("Deidentify", 1, 3, 3), ((string?)job["kind"], (int?)job["attempts"], (int?)job["progress"]!["files"], (int?)job["progress"]!["totalFiles"]));
        var studies = job["result"]!["deidentified"]!.AsArray();
        Assert.Equal([1, 2], studies.Select(s => (int)s!["written"]!).Order());
        Assert.Equal("Truncated", (string?)Assert.Single(job["rejected"]!.AsArray())!["error"]);
        Assert.EndsWith("broken.dcm", (string?)job["rejected"]![0]!["file"], StringComparison.Ordinal);
        Assert.Equal(studies.Select(s => (string)s!["studyInstanceUid"]!).Order(StringComparer.Ordinal), Folders(server.Studies.Workspace));
        Assert.Equal(2, (await server.GetAsync("/v1/studies"))["studies"]!.AsArray().Count);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Request_is_answered_with_the_place_of_the_job()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add();
        using var response = await server.Client.PostAsync(Deidentify, Json(Body(("paths", new JsonArray(server.Studies.Source)))), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var job = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal($"/v1/jobs/{job["id"]}", response.Headers.Location?.ToString());
        await server.EndOfAsync((string)job["id"]!);
        Assert.Equal((string?)job["id"], (string?)Assert.Single((await server.GetAsync("/v1/jobs"))["jobs"]!.AsArray())!["id"]);
    }

    [Fact]
    public async Task Named_studies_regions_and_key_are_used()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", study: 2);
        var region = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = 30, ["height"] = 10 };
        var body = Body(("paths", new JsonArray(server.Studies.Source)), ("studyInstanceUids", new JsonArray("1.2.2")), ("key", "a key of the tests, long enough."), ("regions", new JsonArray(region)));
        var job = await server.RunAsync(Deidentify, body);
        var study = Assert.Single(job["result"]!["deidentified"]!.AsArray())!;
        var pixels = MadeStudies.Pixels(Assert.Single(Directory.GetFiles((string)study["path"]!, "*.dcm")));
        Assert.All(pixels.Take(300), p => Assert.Equal(0, p));
        Assert.All(pixels.Skip(300), p => Assert.Equal(MadeStudies.Gray, p));
        var again = await server.RunAsync(Deidentify, body);
        Assert.Equal((0, 1), ((int?)again["result"]!["deidentified"]![0]!["written"], (int?)again["result"]!["deidentified"]![0]!["skipped"]));
        Assert.DoesNotContain("a key of the tests", await StoredAsync(server), StringComparison.Ordinal);
        Assert.DoesNotContain("1.2.2", await StoredAsync(server), StringComparison.Ordinal);
        await server.RequireHealthyAsync("a key of the tests");
    }

    [Fact]
    public async Task Script_table_parameters_and_filter_decide()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", modality: "CT");
        server.Studies.Add("2.dcm", study: 2, modality: "MR");
        var (script, table) = (Path.Join(server.Studies.Source, "some.script"), Path.Join(server.Studies.Source, "ids.properties"));
        await File.WriteAllTextAsync(script, "param.SITEID=\"7\"\nset.[0010,0020]PatientID=@lookup(this,ptid)\nset.[0008,0080]InstitutionName=@param(@SITEID)\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(table, $"ptid/{MadeStudies.PatientId}=SUBJ-001\n", TestContext.Current.CancellationToken);
        var job = await server.RunAsync(Deidentify, Body(
            ("paths", new JsonArray(server.Studies.Source)), ("script", script), ("lookupTable", table), ("parameters", new JsonObject { ["SITEID"] = "12" }), ("filter", "Modality.equals(\"CT\")")));
        var study = Assert.Single(job["result"]!["deidentified"]!.AsArray(), s => (int)s!["written"]! > 0)!;
        using var copy = DicomFile.Open(Assert.Single(Directory.GetFiles((string)study["path"]!, "*.dcm")));
        Assert.Equal(("CT", "SUBJ-001"), (copy.Dataset.GetString(Tags.Modality), copy.Dataset.GetString(Tags.PatientId)));
    }

    [Fact]
    public async Task Project_makes_the_same_copies_in_every_job()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add();
        await server.SendAsync(HttpMethod.Post, "/v1/projects", """{ "folder": "trial" }""", HttpStatusCode.Created);
        var first = await server.RunAsync(Deidentify, Body(("paths", new JsonArray(server.Studies.Source)), ("project", "trial")));
        var uid = (string)first["result"]!["deidentified"]![0]!["studyInstanceUid"]!;
        await server.SendAsync(HttpMethod.Delete, $"/v1/studies/{uid}", null, HttpStatusCode.NoContent);
        var second = await server.RunAsync(Deidentify, Body(("paths", new JsonArray(server.Studies.Source)), ("project", "trial")));
        Assert.Equal(uid, (string?)second["result"]!["deidentified"]![0]!["studyInstanceUid"]);
        var answer = await server.SendAsync(HttpMethod.Post, "/v1/identities/resolve", $$"""{ "project": "trial", "identities": ["{{uid}}"], "reason": "A test" }""", HttpStatusCode.OK);
        Assert.Equal(MadeStudies.PatientId, (string?)answer["identities"]![0]!["patientId"]);
    }

    [Fact]
    public async Task Cmdlet_and_job_leave_the_same_bytes()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", frames: 2);
        server.Studies.Add("2.dcm", study: 2, modality: "US");
        var other = Path.Join(server.Studies.Root, "other");
        var host = await HostProcess.Run("-Command", $$"""
            $key = [securestring]::new()
            'a key of the tests, long enough.'.ToCharArray() | ForEach-Object { $key.AppendChar($_) }
            (Invoke-PacsbinAnonymize -Path '{{server.Studies.Source}}' -Destination '{{other}}' -Key $key -Option RetainDeviceIdentity).Count
            """);
        Assert.Equal((0, "2\n", ""), (host.ExitCode, host.Output, host.Error));
        await server.RunAsync(Deidentify, Body(("paths", new JsonArray(server.Studies.Source)), ("options", new JsonArray("RetainDeviceIdentity")), ("key", "a key of the tests, long enough.")));
        var (one, two) = (Copies(other), Copies(server.Studies.Workspace));
        Assert.Equal(2, one.Count);
        Assert.Equal(one, two);
    }

    [Theory]
    [InlineData("""{ }""", 400)]
    [InlineData("""{ "paths": [] }""", 400)]
    [InlineData("""{ "paths": [null] }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "upload": "0f8fad5bd9cb469fa16570867728950e" }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "option": ["RetainUids"] }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "options": ["RetainEverything"] }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "options": ["RetainFullDates"] }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "profile": "None" }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "exact": true }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "lookupTable": "SOURCE/x" }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "filter": "Modality.is(" }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "project": "none", "profile": "Basic" }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "query": { "patientId": "*" } }""", 400)]
    [InlineData("""{ "paths": ["SOURCE"], "key": "too short" }""", 409)]
    [InlineData("""{ "paths": ["SOURCE"], "project": "none" }""", 404)]
    [InlineData("""{ "paths": ["SOURCE"], "script": "SOURCE/none.script" }""", 404)]
    [InlineData("""{ "paths": ["SOURCE/none"] }""", 404)]
    [InlineData("""{ "upload": "0f8fad5bd9cb469fa16570867728950e" }""", 404)]
    [InlineData("""{ "upload": "../store" }""", 404)]
    [InlineData("""{ "archive": "none", "studyInstanceUids": ["1.2"] }""", 404)]
    [InlineData("""{ "paths": ["/etc"] }""", 403)]
    [InlineData("""{ "paths": ["SOURCE"], "workspace": "/etc" }""", 403)]
    [InlineData("""{ "paths": ["SOURCE"], "pixelScript": "/etc/passwd" }""", 403)]
    public async Task Request_that_cannot_be_done_is_refused_before_there_is_a_job(string body, int status)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, Deidentify, body.Replace("SOURCE", server.Studies.Source, StringComparison.Ordinal), (HttpStatusCode)status);
        Assert.Empty((await server.GetAsync("/v1/jobs"))["jobs"]!.AsArray());
        await server.RequireHealthyAsync();
    }

    private static string[] Folders(string workspace) => [.. Directory.GetDirectories(workspace).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static SortedDictionary<string, string> Copies(string workspace) => new(
        Directory.GetFiles(workspace, "*.dcm", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(workspace, f), f => Convert.ToBase64String(File.ReadAllBytes(f))), StringComparer.Ordinal);

    private static async Task<string> StoredAsync(SidecarServer server)
    {
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(Path.Join(server.Studies.Root, "store"), "*.db*"))
        {
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) == 0, file);
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        Assert.True(text.Length > 1000);
        return text.ToString();
    }

    private static string Body(params (string Name, JsonNode Value)[] members) => new JsonObject(members.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value))).ToJsonString();

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
