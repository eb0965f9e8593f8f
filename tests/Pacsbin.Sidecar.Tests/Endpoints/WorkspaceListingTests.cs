using System.Net;

namespace Pacsbin.Tests.Endpoints;

public sealed class WorkspaceListingTests
{
    [Fact]
    public async Task List_is_never_older_than_the_request_for_it()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Deidentify();
        Assert.Equal(["Deidentified"], await StatesAsync(server));
        server.Studies.Add("2.dcm", study: 2);
        var copies = server.Studies.Deidentify();
        Assert.Equal(["Deidentified", "Deidentified"], await StatesAsync(server));
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copies[0].StudyInstanceUid}/approval", """{ "reviewer": "R" }""", HttpStatusCode.OK);
        Assert.Equal(["Approved", "Deidentified"], await StatesAsync(server));
        await server.SendAsync(HttpMethod.Delete, $"/v1/studies/{copies[1].StudyInstanceUid}", null, HttpStatusCode.NoContent);
        Assert.Equal(["Approved"], await StatesAsync(server));

        var file = copies[0].Series[0].Instances[0].Path;
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(["Deidentified"], await StatesAsync(server));
        File.Delete(file);
        Assert.Empty(await StatesAsync(server)); // without files there is no study, as for the cmdlet
    }

    [Fact]
    public async Task What_is_no_study_of_a_workspace_is_listed_as_what_it_is()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Deidentify();
        server.Studies.Deidentify(Path.Join(server.Studies.Workspace, "second", "inner"));
        var copy = Assert.Single(Directory.GetDirectories(server.Studies.Workspace, "2.25.*"));
        File.Copy(server.Studies.Add("2.dcm", study: 2), Path.Join(server.Studies.Workspace, "loose.dcm"));
        Directory.CreateDirectory(Path.Join(server.Studies.Workspace, ".hidden.partial"));
        File.Copy(Path.Join(server.Studies.Source, "2.dcm"), Path.Join(server.Studies.Workspace, ".hidden.partial", "3.dcm"));
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Workspace, "link"), copy);
        Directory.CreateSymbolicLink(Path.Join(server.Studies.Workspace, "out"), server.Studies.Projects);
        Assert.Equal(["Deidentified", "Deidentified", "Source"], (await StatesAsync(server)).Order());
    }

    [Fact]
    public async Task Lists_while_studies_come_and_go_all_succeed()
    {
        await using var server = await SidecarServer.StartAsync();
        for (var study = 1; study <= 6; study++)
        {
            server.Studies.Add($"{study}.dcm", study: study);
        }

        using var ends = new CancellationTokenSource();
        var lists = Enumerable.Range(0, 8).Select(async _ =>
        {
            var count = 0;
            while (!ends.IsCancellationRequested)
            {
                Assert.InRange((await StatesAsync(server)).Count, 0, 6);
                count++;
            }

            return count;
        }).ToList();
        for (var round = 0; round < 3; round++)
        {
            foreach (var copy in server.Studies.Deidentify())
            {
                await server.SendAsync(HttpMethod.Delete, $"/v1/studies/{copy.StudyInstanceUid}", null, HttpStatusCode.NoContent);
            }
        }

        await ends.CancelAsync();
        Assert.All(await Task.WhenAll(lists), c => Assert.True(c > 0));
        Assert.Empty(await StatesAsync(server));
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Folder_that_is_gone_is_a_problem_and_the_next_list_is_well_again()
    {
        await using var server = await SidecarServer.StartAsync();
        Directory.Delete(server.Studies.Workspace);
        await server.RefusedAsync(HttpMethod.Get, "/v1/studies", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        Directory.CreateDirectory(server.Studies.Workspace);
        Assert.Empty(await StatesAsync(server));
    }

    private static async Task<List<string>> StatesAsync(SidecarServer server) =>
        [.. (await server.GetAsync("/v1/studies"))["studies"]!.AsArray().OrderBy(s => (string?)s!["state"], StringComparer.Ordinal).Select(s => (string)s!["state"]!)];
}
