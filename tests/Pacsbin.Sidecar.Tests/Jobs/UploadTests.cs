using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Jobs;

public sealed class UploadTests
{
    [Fact]
    public async Task Uploaded_files_are_deidentified_and_gone_with_the_job()
    {
        await using var server = await SidecarServer.StartAsync();
        var paths = new[] { server.Studies.Add("1.dcm"), server.Studies.Add("2.dcm", study: 2) };
        using var form = new MultipartFormDataContent();
        foreach (var path in paths)
        {
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)), "files", "../../TESTPERSON.dcm");
        }

        var upload = await PostAsync(server, form, HttpStatusCode.Created);
        Assert.Equal((2, paths.Sum(p => new FileInfo(p).Length)), ((int?)upload["files"], (long?)upload["bytes"]));
        var folder = Assert.Single(Uploads(server));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(folder) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.Equal(["000001", "000002"], Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        var job = await server.RunAsync("/v1/studies/deidentify", $$"""{ "upload": "{{upload["id"]}}" }""");
        Assert.Equal(2, job["result"]!["deidentified"]!.AsArray().Count);
        for (var end = DateTime.UtcNow.AddSeconds(5); Uploads(server).Length > 0 && DateTime.UtcNow < end; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
        }

        Assert.Empty(Uploads(server));
        await server.RefusedAsync(HttpMethod.Post, "/v1/studies/deidentify", $$"""{ "upload": "{{upload["id"]}}" }""", HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Upload_can_be_taken_back()
    {
        await using var server = await SidecarServer.StartAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "files", "x" } };
        var upload = await PostAsync(server, form, HttpStatusCode.Created);
        await server.SendAsync(HttpMethod.Delete, $"/v1/uploads/{upload["id"]}", null, HttpStatusCode.NoContent);
        Assert.Empty(Uploads(server));
        await server.RefusedAsync(HttpMethod.Delete, $"/v1/uploads/{upload["id"]}", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Theory]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data", "x", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=", "x", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "--b--\r\n", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nx", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nX: y\r\n\r\nx\r\n--b--\r\n", HttpStatusCode.BadRequest)]
    public async Task Body_that_is_no_form_of_files_is_refused_and_leaves_nothing(string type, string body, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        await PostAsync(server, content, expected);
        Assert.Empty(Uploads(server));
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Mutilated_forms_are_taken_or_refused_and_leave_it_healthy()
    {
        await using var server = await SidecarServer.StartAsync();
        var whole = Encoding.Latin1.GetBytes(
            "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"1.dcm\"\r\nContent-Type: application/dicom\r\n\r\nTESTPERSON\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"2.dcm\"\r\n\r\ndata\r\n--b--\r\n");
        var random = new Random(20261126);
        for (var i = 0; i < 300; i++)
        {
            var bytes = whole.ToList();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                    case 2: bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 300)).Select(_ => (byte)random.Next(256))); break;
                    default: bytes.InsertRange(at, bytes.Take(random.Next(bytes.Count)).ToList()); break;
                }
            }

            using var content = new ByteArrayContent([.. bytes]);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            using var response = await server.Client.PostAsync("/v1/uploads", content, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{i}: {response.StatusCode} {text}");
            Assert.DoesNotContain("TESTPERSON", text, StringComparison.Ordinal);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                await server.SendAsync(HttpMethod.Delete, $"/v1/uploads/{JsonNode.Parse(text)!["id"]}", null, HttpStatusCode.NoContent);
            }
        }

        Assert.Empty(Uploads(server));
        await server.RequireHealthyAsync();
    }

    private static string[] Uploads(SidecarServer server) => Directory.GetDirectories(Path.Join(server.Studies.Root, "store", "uploads"));

    private static async Task<JsonNode> PostAsync(SidecarServer server, HttpContent content, HttpStatusCode expected)
    {
        using var response = await server.Client.PostAsync("/v1/uploads", content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
