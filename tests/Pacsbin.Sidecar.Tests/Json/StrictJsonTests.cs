using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Json;

public sealed class StrictJsonTests
{
    private const string Good = """{ "folder": "a", "name": "Trial", "retentionDays": 30, "allowedWords": ["CHEST"] }""";

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"a\"")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("""{ "folder": "a" """)]
    [InlineData("""{ "folder": "a" } x""")]
    [InlineData("""{ "folder": "a" }{ "folder": "b" }""")]
    [InlineData("""{ "folder": "a" },""")]
    [InlineData("""{ "folder": "a", }""")]
    [InlineData("""{ 'folder': 'a' }""")]
    [InlineData("""{ folder: "a" }""")]
    [InlineData("""{ "folder": "a" /* no comments */ }""")]
    [InlineData("""{ "Folder": "a" }""")]
    [InlineData("""{ "folder": "a", "Name": "b" }""")]
    [InlineData("""{ "folder": "a", "folder": "b" }""")]
    [InlineData("""{ "folder": "a", "f\u006flder": "b" }""")]
    [InlineData("""{ "folder": "a", "retainUids": true }""")]
    [InlineData("""{ "folder": "a", "$type": "System.Object" }""")]
    [InlineData("""{ "folder": "a", "retentionDays": "30" }""")]
    [InlineData("""{ "folder": "a", "retentionDays": 30.5 }""")]
    [InlineData("""{ "folder": "a", "retentionDays": 1e99 }""")]
    [InlineData("""{ "folder": "a", "retentionDays": NaN }""")]
    [InlineData("""{ "folder": 1 }""")]
    [InlineData("""{ "folder": ["a"] }""")]
    [InlineData("""{ "folder": "a", "options": "RetainDeviceIdentity" }""")]
    [InlineData("""{ "folder": "a", "uidPolicy": "Retain, Replace" }""")]
    [InlineData("""{ "folder": "a\ud800" }""")]
    public async Task Json_that_is_not_exactly_as_declared_is_refused(string body)
    {
        await using var server = await SidecarServer.StartAsync();
        var problem = await server.SendAsync(HttpMethod.Post, "/v1/projects", body, HttpStatusCode.BadRequest);
        Assert.Equal((400, "about:blank"), ((int?)problem["status"], (string?)problem["type"]));
        Assert.Empty(Directory.GetFileSystemEntries(server.Studies.Projects));
    }

    [Fact]
    public async Task Wrong_json_is_answered_with_its_place_and_not_its_text()
    {
        await using var server = await SidecarServer.StartAsync();
        var problem = await server.SendAsync(HttpMethod.Post, "/v1/projects", "{ \"folder\": \"a\",\n  \"TESTPERSON\": 1 }", HttpStatusCode.BadRequest);
        Assert.Contains("line 2, byte", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain("TESTPERSON", problem.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await server.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task Body_of_another_media_type_is_415(string? mediaType)
    {
        await using var server = await SidecarServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        using var response = await server.Client.PostAsync("/v1/projects", content, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Method_that_a_resource_does_not_take_is_405_with_those_that_it_takes()
    {
        await using var server = await SidecarServer.StartAsync();
        using var response = await server.Client.PatchAsync("/v1/projects", null, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Mutilated_json_is_never_more_than_a_refusal(int seed)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        (HttpMethod Method, string Path, string Body)[] requests =
        [
            (HttpMethod.Post, "/v1/projects", Good),
            (HttpMethod.Put, "/v1/projects/a/settings", """{ "name": "Knee", "archive": null, "retentionDays": 5, "allowedWords": ["A", "B"] }"""),
            (HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/regions", """{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "shape": "Ellipse", "outside": false, "firstFrame": 1, "lastFrame": 1 }] }"""),
            (HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/approval", """{ "reviewer": "R", "acceptedFindings": ["BurnedInSuspected"], "comment": "c", "force": true }"""),
            (HttpMethod.Post, "/v1/scripts/audit", """{ "content": "set.[0010,0010]PatientName=@empty()", "parameters": { "A": "b" }, "profile": "Basic", "options": ["RetainUids"], "summary": true }"""),
            (HttpMethod.Post, "/v1/identities/resolve", """{ "project": "a", "identities": ["X"], "reason": "why" }"""),
            (HttpMethod.Post, "/v1/reports", """{ "format": "Csv", "title": "t", "noPictures": true, "sources": [], "allowedWords": ["x"] }"""),
        ];
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            var (method, path, body) = requests[random.Next(requests.Length)];
            using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Mutilate(Encoding.UTF8.GetBytes(body), random)) };
            request.Content.Headers.ContentType = new("application/json");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)response.StatusCode < 500, $"Seed {seed}, round {i}, {path}: {answer}");
            Assert.True(response.IsSuccessStatusCode || (int?)JsonNode.Parse(answer)!["status"] == (int)response.StatusCode);
        }

        Assert.DoesNotContain("failed with", server.Log, StringComparison.Ordinal);
        await server.RequireHealthyAsync();
    }

    /// <summary>Changes, removes, doubles and inserts bytes, or swaps a value for one of another kind.</summary>
    private static byte[] Mutilate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var n = random.Next(1, 4); n > 0 && bytes.Count > 1; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, bytes[random.Next(bytes.Count)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                    break;
                default:
                    var text = Encoding.Latin1.GetString([.. bytes]);
                    var values = new[] { "null", "[]", "{}", "-1", "\"\"", "1e400", "[null]", "\"\\u0000\"", "2147483648", "true" };
                    var colon = text.IndexOf(": ", at, StringComparison.Ordinal);
                    var end = colon < 0 ? -1 : text.AsSpan(colon).IndexOfAny(",}") + colon;
                    if (end > colon && colon >= 0)
                    {
                        bytes = [.. Encoding.Latin1.GetBytes(text[..(colon + 2)] + values[random.Next(values.Length)] + text[end..])];
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
