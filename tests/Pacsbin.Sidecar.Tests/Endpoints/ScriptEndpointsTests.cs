using System.Net;
using System.Text.Json.Nodes;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.Tests.Endpoints;

public sealed class ScriptEndpointsTests
{
    private const string Script = "set.[0010,0010]PatientName=@empty()\nset.[0010,0020]PatientID=@param(@SITE)\nparam.SITE=12\n";

    [Fact]
    public async Task Audit_is_that_of_the_core_for_text_and_file()
    {
        await using var server = await SidecarServer.StartAsync();
        var path = Path.Join(server.Studies.Source, "some.script");
        File.WriteAllText(path, Script);
        var expected = ScriptAudit.Of(AnonymizerScript.Parse(Script), DeidentificationProfile.Pacsbin);
        foreach (var (member, value) in new[] { ("content", Script), ("path", path) })
        {
            var audit = await server.SendAsync(HttpMethod.Post, "/v1/scripts/audit", new JsonObject { [member] = value }.ToJsonString(), HttpStatusCode.OK);
            Assert.Equal((expected.Root.Missing, expected.Nested.Rows, expected.Rows.Count), ((int)audit["root"]!["missing"]!, (int)audit["nested"]!["rows"]!, audit["rows"]!.AsArray().Count));
            Assert.Equal(expected.Rows.Select(r => $"{r.Tag} {r.Place} {r.Verdict} {r.ScriptAction}"), audit["rows"]!.AsArray().Select(r => $"{r!["tag"]} {r["place"]} {r["verdict"]} {r["scriptAction"]}"));
        }

        var basic = await server.SendAsync(HttpMethod.Post, "/v1/scripts/audit", new JsonObject { ["content"] = Script, ["profile"] = "Basic", ["options"] = new JsonArray("RetainUids"), ["exact"] = true, ["summary"] = true }.ToJsonString(), HttpStatusCode.OK);
        var exact = ScriptAudit.Of(AnonymizerScript.Parse(Script, exact: true), DeidentificationProfile.Basic.With(ProfileOptions.RetainUids));
        Assert.Equal((exact.Root.Missing, exact.Root.Same, null), ((int)basic["root"]!["missing"]!, (int)basic["root"]!["same"]!, basic["rows"]));
    }

    [Theory]
    [InlineData("CtpXml")]
    [InlineData("PacsbinJson")]
    public async Task Script_is_converted_as_the_core_does(string format)
    {
        await using var server = await SidecarServer.StartAsync();
        var body = new JsonObject { ["content"] = Script, ["format"] = format }.ToJsonString();
        var converted = await server.SendAsync(HttpMethod.Post, "/v1/scripts/convert", body, HttpStatusCode.OK);
        var script = AnonymizerScript.Parse(Script, exact: true);
        Assert.Equal(format == "CtpXml" ? script.ToCtpXml() : script.ToPacsbinJson(), (string?)converted["content"]);
    }

    [Theory]
    [InlineData("/v1/scripts/audit", """{ "content": "<script><e t=" }""")]
    [InlineData("/v1/scripts/audit", """{ "content": "" }""")]
    public async Task Script_that_cannot_be_read_is_refused_with_its_place(string path, string body)
    {
        await using var server = await SidecarServer.StartAsync();
        Assert.Contains("ine 1", (string?)(await server.RefusedAsync(HttpMethod.Post, path, body, HttpStatusCode.BadRequest, PacsbinError.InvalidScript))["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/scripts/audit", "{}")]
    [InlineData("/v1/scripts/audit", """{ "content": "x", "path": "/x" }""")]
    [InlineData("/v1/scripts/audit", """{ "content": "set.[0010,0010]PatientName=@empty()", "profile": "X" }""")]
    [InlineData("/v1/scripts/audit", """{ "content": "set.[0010,0010]PatientName=@empty()", "parameters": { "A": null } }""")]
    [InlineData("/v1/scripts/audit", """{ "content": "set.[0010,0010]PatientName=@empty()", "parameters": { "A": 1 } }""")]
    [InlineData("/v1/scripts/convert", """{ "content": "set.[0010,0010]PatientName=@empty()" }""")]
    [InlineData("/v1/scripts/convert", """{ "content": "set.[0010,0010]PatientName=@empty()", "format": "CtpProperties" }""")]
    public async Task Request_that_is_not_clear_is_refused(string path, string body)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, path, body, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Script_may_be_longer_than_other_bodies()
    {
        await using var server = await SidecarServer.StartAsync();
        var body = new JsonObject { ["content"] = Script + "# " + new string('x', 3 * 1024 * 1024), ["format"] = "CtpXml" }.ToJsonString();
        await server.SendAsync(HttpMethod.Post, "/v1/scripts/convert", body, HttpStatusCode.OK);
    }
}
