using System.Net;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Endpoints;

public sealed class RegionEndpointsTests
{
    [Fact]
    public async Task Region_is_burned_in_at_once_and_listed()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var regions = $"/v1/studies/{copy.StudyInstanceUid}/regions";
        Assert.Empty((await server.GetAsync(regions))["regions"]!.AsArray());
        var burned = await server.SendAsync(HttpMethod.Post, regions, """{ "regions": [{ "x": 1, "y": 2, "width": 10, "height": 5 }, { "x": -5, "y": -5, "width": 5, "height": 5, "shape": "Rectangle", "clip": true }] }""", HttpStatusCode.OK);
        Assert.True((bool)burned["isChanged"]!);
        var pixels = MadeStudies.Pixels(copy.Series[0].Instances[0].Path);
        Assert.Equal(75, pixels.Count(p => p == 0));
        Assert.All(Enumerable.Range(2, 5), y => Assert.All(Enumerable.Range(1, 10), x => Assert.Equal(0, pixels[(y * 30) + x])));

        var listed = await server.GetAsync(regions);
        Assert.Equal(burned["study"]!.ToJsonString(), listed.ToJsonString());
        Assert.Equal(2, listed["regions"]!.AsArray().Count);
        Assert.All(Manifest.Read(copy.Path)!.Files, f => Assert.Equal(2, f.Regions!.Count));
    }

    [Theory]
    [InlineData("""{ "regions": [] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [null] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": null }""", HttpStatusCode.BadRequest)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 0, "height": 5 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 31, "height": 5 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "sopInstanceUid": "1.2.3" }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "sopInstanceUid": "" }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "seriesInstanceUID": "1.2.3" }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "lastFrame": 1 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "firstFrame": 2 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": "5", "height": 5 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "shape": 1 }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5, "shape": "Circle" }] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5 }, { "x": 40, "y": 0, "width": 5, "height": 5 }] }""", HttpStatusCode.BadRequest)]
    public async Task What_is_no_region_of_the_study_changes_nothing(string body, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var before = File.ReadAllBytes(copy.Series[0].Instances[0].Path);
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/regions", body, expected);
        Assert.Equal(before, File.ReadAllBytes(copy.Series[0].Instances[0].Path));
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Refused_region_names_the_file_that_it_does_not_fit()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", instance: 2, rows: 6, columns: 8);
        var copy = Assert.Single(server.Studies.Deidentify());
        var problem = await server.RefusedAsync(
            HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/regions", """{ "regions": [{ "x": 0, "y": 0, "width": 20, "height": 5 }] }""", HttpStatusCode.BadRequest, PacsbinError.RegionOutsideImage);
        var small = copy.Series[0].Instances.Single(i => i.Length == copy.Series[0].Instances.Min(o => o.Length));
        var file = Assert.Single(problem["files"]!.AsArray())!;
        Assert.Equal((Path.GetFileName(small.Path), "RegionOutsideImage"), ((string?)file["file"], (string?)file["error"]));
    }

    [Fact]
    public async Task What_is_burned_in_cannot_be_taken_back()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        await server.RefusedAsync(HttpMethod.Delete, $"/v1/studies/{copy.StudyInstanceUid}/regions", null, HttpStatusCode.Conflict, PacsbinError.DestinationExists);
        await server.RefusedAsync(HttpMethod.Delete, "/v1/studies/1.2.3/regions", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Burned_in_text_is_proposed_where_it_is()
    {
        await using var server = await SidecarServer.StartAsync();
        File.Copy(Path.Join(Repository.Root, "examples", "data", "ultrasound", "loop.dcm"), Path.Join(server.Studies.Source, "loop.dcm")); // has a caption at its top
        var copy = Assert.Single(server.Studies.Deidentify());
        var text = $"/v1/studies/{copy.StudyInstanceUid}/burned-in-text";
        var proposal = Assert.Single((await server.GetAsync($"{text}?minimumScore=0.6"))["proposals"]!.AsArray())!;
        Assert.True((int)proposal["y"]! < 10 && (int)proposal["height"]! < 30 && (int)proposal["width"]! > 100 && proposal["text"] is null, proposal.ToJsonString());
        Assert.Empty((await server.GetAsync($"{text}?minimumScore=1"))["proposals"]!.AsArray());
        Assert.DoesNotContain("SAMPLE", proposal.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }
}
