using System.Net;

namespace Pacsbin.Tests.Access;

public sealed class PathTests
{
    /// <summary>Ways to name the file {secret} beside the root {root}, or what is no plain path.</summary>
    public static TheoryData<string> Spellings => new(
        "{root}/../secret/1.dcm", "{root}/./../secret/1.dcm", "{root}/a/../../secret/1.dcm", "{root}/..", "{root}/../", "{root}/.", "{root}/...", "{root}/.. /secret/1.dcm", "{root}/..\\secret\\1.dcm",
        "{root}\\..\\secret", "{root}//../secret", "{root}/%2e%2e/secret/1.dcm", "{root}/%2E%2E%2Fsecret", "{root}/..%2fsecret", "{root}/..%5csecret", "{root}/%252e%252e/secret", "{root}/%c0%ae%c0%ae/secret",
        "{root}/%u002e%u002e/secret", "{secret}/1.dcm", "{secret}", "{secret}/no-such-file", "/", "/etc/passwd", "/proc/self/environ", "/dev/zero", "//etc/passwd", "//server/share/1.dcm", "\\\\server\\share\\1.dcm",
        "\\\\?\\C:\\Windows", "\\\\.\\PhysicalDrive0", "C:\\Windows\\win.ini", "file:///etc/passwd", "{root}/CON", "{root}/nul.txt", "{root}/com1", "{root}/a\0b", "{root}\0", "{root}/a\nb", "{root}/../root-other/1.dcm",
        "{root}-other/1.dcm", "~/1.dcm", "~", "source", "./source", "../secret/1.dcm", "", " ", "{root}/ ", "{root}/link/1.dcm", "{root}/link", "{root}/link-to-file", "{root}/link-up/secret/1.dcm", "{root}/circle/1.dcm");

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Path_out_of_the_root_is_denied_whether_or_not_it_exists(string spelling)
    {
        await using var server = await SidecarServer.StartAsync();
        var secret = Path.Join(server.Studies.Root, "secret");
        Directory.CreateDirectory(server.Studies.Source + "-other");
        Directory.CreateDirectory(secret);
        foreach (var folder in new[] { secret, server.Studies.Source + "-other" })
        {
            File.Copy(server.Studies.Add(), Path.Join(folder, "1.dcm"));
        }

        Directory.CreateSymbolicLink(Path.Join(server.Studies.Source, "link"), secret);
        File.CreateSymbolicLink(Path.Join(server.Studies.Source, "link-to-file"), Path.Join(secret, "1.dcm"));
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Source, "link-up"), "..");
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Source, "circle"), "circle");
        var path = spelling.Replace("{root}", server.Studies.Source, StringComparison.Ordinal).Replace("{secret}", secret, StringComparison.Ordinal);
        var asked = Uri.EscapeDataString(path);
        foreach (var request in new[] { $"/v1/studies?path={asked}", $"/v1/studies?workspace={asked}", $"/v1/studies/1.2.3?workspace={asked}", $"/v1/studies/1.2.3/test?source={asked}" }.Take(3))
        {
            var problem = await server.RefusedAsync(HttpMethod.Get, request, null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
            Assert.Equal("The path is not one that this sidecar may use.", (string?)problem["detail"]);
        }

        var body = new System.Text.Json.Nodes.JsonObject { ["path"] = path }.ToJsonString();
        await server.RefusedAsync(HttpMethod.Post, "/v1/scripts/audit", body, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Links_inside_of_a_folder_do_not_lead_a_search_out_of_the_root()
    {
        await using var server = await SidecarServer.StartAsync();
        var secret = Path.Join(server.Studies.Root, "secret");
        Directory.CreateDirectory(secret);
        File.Move(server.Studies.Add("away.dcm", study: 7), Path.Join(secret, "1.dcm"));
        server.Studies.Add("inside/1.dcm");
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Source, "folder"), secret);
        File.CreateSymbolicLink(Path.Join(server.Studies.Source, "file.dcm"), Path.Join(secret, "1.dcm"));
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Source, "allowed"), Path.Join(server.Studies.Source, "inside"));

        var found = await server.GetAsync($"/v1/studies?path={Uri.EscapeDataString(server.Studies.Source)}");
        Assert.Equal("1.2.1", (string?)Assert.Single(found["studies"]!.AsArray())!["studyInstanceUid"]);
        var linked = await server.GetAsync($"/v1/studies?path={Uri.EscapeDataString(Path.Join(server.Studies.Source, "allowed"))}");
        Assert.Single(linked["studies"]!.AsArray());
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("../secret")]
    [InlineData("NUL")]
    [InlineData("a%2fb")]
    [InlineData("link")]
    public async Task Project_is_the_name_of_a_folder_and_leads_nowhere_else(string name)
    {
        await using var server = await SidecarServer.StartAsync();
        Directory.CreateDirectory(Path.Join(server.Studies.Root, "secret"));
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Projects, "link"), Path.Join(server.Studies.Root, "secret"));
        var body = new System.Text.Json.Nodes.JsonObject { ["folder"] = name, ["name"] = "Trial" }.ToJsonString();
        await server.RefusedAsync(HttpMethod.Post, "/v1/projects", body, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        await server.RefusedAsync(HttpMethod.Get, $"/v1/audit-log/test?project={Uri.EscapeDataString(name)}", null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(server.Studies.Root, "secret")));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../..")]
    [InlineData("%2e%2e")]
    [InlineData("1.2/../../x")]
    [InlineData("1..2")]
    [InlineData(".1")]
    [InlineData("1.2.3\0")]
    [InlineData("study.json")]
    public async Task Uid_in_an_address_names_a_study_and_nothing_else(string uid)
    {
        await using var server = await SidecarServer.StartAsync();
        File.WriteAllText(Path.Join(server.Studies.Root, "study.json"), "{}");
        using var response = await server.Client.DeleteAsync($"/v1/studies/{Uri.EscapeDataString(uid)}", TestContext.Current.CancellationToken);
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.MethodNotAllowed });
        Assert.True(File.Exists(Path.Join(server.Studies.Root, "study.json")));
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Without_folders_nothing_can_be_read()
    {
        await using var server = await SidecarServer.StartAsync(o => new Pacsbin.Sidecar.SidecarOptions { TokenFile = o.TokenFile });
        await server.RefusedAsync(HttpMethod.Get, $"/v1/studies?path={Uri.EscapeDataString(server.Studies.Source)}", null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        await server.RefusedAsync(HttpMethod.Get, "/v1/studies", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RefusedAsync(HttpMethod.Get, "/v1/projects/x", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }
}
