using System.Net;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Endpoints;

public sealed class ApprovalEndpointsTests
{
    private const string Approval = """{ "reviewer": "R. Reader", "acceptedFindings": ["BurnedInSuspected"], "comment": "All frames seen." }""";

    [Fact]
    public async Task Approval_is_recorded_found_again_and_taken_back()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(burnedIn: "YES");
        var path = $"/v1/studies/{copy.StudyInstanceUid}/approval";
        var before = File.ReadAllBytes(copy.Series[0].Instances[0].Path);
        var refused = await server.RefusedAsync(HttpMethod.Post, path, """{ "reviewer": "R. Reader" }""", HttpStatusCode.Conflict, PacsbinError.NotApproved);
        Assert.Contains("BurnedInSuspected in 1 file", (string?)refused["detail"], StringComparison.Ordinal);

        var approved = await server.SendAsync(HttpMethod.Post, path, Approval, HttpStatusCode.OK);
        Assert.Equal(("Recorded", "Approved"), ((string?)approved["outcome"], (string?)approved["state"]));
        var recorded = Manifest.Read(copy.Path)!.Approval!;
        Assert.Equal(("R. Reader", "All frames seen.", FindingKind.BurnedInSuspected), (recorded.Reviewer, recorded.Comment, Assert.Single(recorded.Accepted!)));
        Assert.Equal(recorded.MerkleRoot, (string?)approved["approval"]!["merkleRoot"]);
        Assert.Equal("Unchanged", (string?)(await server.SendAsync(HttpMethod.Post, path, Approval, HttpStatusCode.OK))["outcome"]);
        Assert.Equal("Approved", (string?)(await server.GetAsync("/v1/studies"))["studies"]![0]!["state"]);

        var revoked = await server.SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.OK);
        Assert.Equal(("Revoked", "Deidentified"), ((string?)revoked["outcome"], (string?)revoked["state"]));
        Assert.Equal(before, File.ReadAllBytes(copy.Series[0].Instances[0].Path));
        Assert.Equal("NotApproved", (string?)(await server.SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.OK))["outcome"]);
        await server.RequireHealthyAsync("R. Reader", "All frames seen");
    }

    [Fact]
    public async Task Changed_file_makes_the_approval_void_and_is_named()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var file = copy.Series[0].Instances[0].Path;
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/approval", """{ "reviewer": "R. Reader" }""", HttpStatusCode.OK);
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        var study = (await server.GetAsync("/v1/studies"))["studies"]![0]!;
        Assert.Equal(("Deidentified", "ApprovalVoid"), ((string?)study["state"], (string?)study["findings"]![0]!["kind"]));
        var problem = await server.RefusedAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/approval", """{ "reviewer": "R. Reader", "force": true }""", HttpStatusCode.Conflict, PacsbinError.ManifestConflict);
        Assert.Equal(Path.GetFileName(file), (string?)Assert.Single(problem["files"]!.AsArray())!["file"]);
    }

    [Fact]
    public async Task Approval_of_what_the_reviewer_saw_is_of_nothing_else()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var path = $"/v1/studies/{copy.StudyInstanceUid}";
        var seen = (string?)(await server.GetAsync(path))["filesHash"];
        await server.SendAsync(HttpMethod.Post, $"{path}/regions", """{ "regions": [{ "x": 0, "y": 0, "width": 2, "height": 2 }] }""", HttpStatusCode.OK);
        await server.RefusedAsync(HttpMethod.Post, $"{path}/approval", $$"""{ "reviewer": "R. Reader", "filesHash": "{{seen}}" }""", HttpStatusCode.Conflict, PacsbinError.ManifestConflict);
        Assert.Null(Manifest.Read(copy.Path)!.Approval);
        seen = (string?)(await server.GetAsync(path))["filesHash"];
        await server.SendAsync(HttpMethod.Post, $"{path}/approval", $$"""{ "reviewer": "R. Reader", "filesHash": "{{seen}}" }""", HttpStatusCode.OK);
        Assert.NotNull(Manifest.Read(copy.Path)!.Approval);
    }

    [Theory]
    [InlineData("""{ "reviewer": "" }""")]
    [InlineData("""{ "reviewer": "  " }""")]
    [InlineData("""{ "reviewer": null }""")]
    [InlineData("""{}""")]
    [InlineData("""{ "reviewer": "R", "acceptedFindings": ["Everything"] }""")]
    [InlineData("""{ "reviewer": "R", "acceptedFindings": [13] }""")]
    [InlineData("""{ "reviewer": "R", "acceptedFindings": [null] }""")]
    [InlineData("""{ "reviewer": "R", "acceptFinding": ["BurnedInSuspected"] }""")]
    [InlineData("""{ "reviewer": "R", "force": "true" }""")]
    [InlineData("""{ "reviewer": "R", "reviewer": "S" }""")]
    public async Task Approval_that_is_not_clear_is_refused(string body)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(burnedIn: "YES");
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/approval", body, HttpStatusCode.BadRequest);
        Assert.Null(Manifest.Read(copy.Path)!.Approval);
    }
}
