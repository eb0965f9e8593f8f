using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Tests.Description;

/// <summary>The OpenAPI document. With PACSBIN_UPDATE=1 the test writes its snapshot anew.</summary>
public sealed partial class ApiDocumentTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Cmdlets that have no operation, and why.</summary>
    private static readonly Dictionary<string, string> Missing = new()
    {
        ["Register-PacsbinArchive"] = "Has a secret in it, which does not go over HTTP: who may register archives decides where studies go.",
        ["Unregister-PacsbinArchive"] = "As Register-PacsbinArchive.",
        ["Export-PacsbinCrosswalk"] = "Writes all patients in clear: at the machine, with the cmdlet.",
        ["Import-PacsbinCrosswalk"] = "As Export-PacsbinCrosswalk.",
        ["Start-PacsbinSidecar"] = "Starts the program that would be asked.",
        ["Export-PacsbinKey"] = "Keys never go over HTTP.",
        ["Import-PacsbinKey"] = "Keys never go over HTTP.",
    };

    /// <summary>Operations that only callers over HTTP need.</summary>
    private static readonly string[] OnlyHere = ["New-LoginLink", "PacsbinJob", "PacsbinUpload"];

    [Fact]
    public async Task Document_is_the_one_that_was_agreed_on()
    {
        await using var server = await SidecarServer.StartAsync();
        var text = (await server.GetAsync("/openapi/v1.json")).ToJsonString(Indented) + "\n";
        var path = Path.Join(Repository.Root, "tests", "Pacsbin.Sidecar.Tests", "openapi.json");
        if (Environment.GetEnvironmentVariable("PACSBIN_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }

    [Fact]
    public async Task Every_cmdlet_has_an_operation_of_its_name()
    {
        await using var server = await SidecarServer.StartAsync();
        var operations = OperationsOf(await server.GetAsync("/openapi/v1.json")).Select(o => (string)o["operationId"]!).ToList();
        Assert.Equal(operations.Count, operations.Distinct().Count());
        var cmdlets = Name().Matches(Exported().Match(await File.ReadAllTextAsync(Repository.Manifest, TestContext.Current.CancellationToken)).Value).Select(m => m.Groups[1].Value).ToList();
        Assert.True(cmdlets.Count > 25);
        Assert.Equal(Missing.Keys.Order(), cmdlets.Except(operations).Order());
        Assert.All(operations.Where(o => !OnlyHere.Any(n => o.Contains(n, StringComparison.Ordinal))), o => Assert.Contains(cmdlets, c => o == c || o.StartsWith(c + "-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_and_that_its_failures_are_problems()
    {
        await using var server = await SidecarServer.StartAsync();
        var document = await server.GetAsync("/openapi/v1.json");
        Assert.StartsWith("3.1.", (string?)document["openapi"], StringComparison.Ordinal);
        Assert.NotEmpty(document["security"]!.AsArray());
        foreach (var operation in OperationsOf(document))
        {
            var id = (string)operation["operationId"]!;
            Assert.False(string.IsNullOrWhiteSpace((string?)operation["summary"]), id);
            Assert.Null(operation["security"]);
            Assert.All(operation["parameters"]?.AsArray() ?? [], p => Assert.True(p!["description"] is not null && p["example"] is not null, $"{id} {p["name"]}"));
            var responses = operation["responses"]!.AsObject();
            var success = Assert.Single(responses, r => r.Key[0] == '2');
            Assert.True(success.Key == "204" || success.Value!["content"]!.AsObject().All(c => c.Value!["schema"] is not null), id);
            Assert.All(["400", "401", "403", "404", "409", "422", "500", "503"], s => Assert.Contains(s, responses.Select(r => r.Key)));
            Assert.All(responses.Where(r => r.Key[0] is '4' or '5'), r => Assert.Equal("#/components/schemas/Problem", (string?)r.Value!["content"]!["application/problem+json"]!["schema"]!["$ref"]));
            Assert.True(operation["requestBody"] is null || operation["requestBody"]!["content"]!.AsObject().All(c => c.Key == "multipart/form-data" || c.Value!["example"] is not null), id);
        }
    }

    [Fact]
    public async Task Bodies_are_closed_in_the_document_as_they_are_in_the_code()
    {
        await using var server = await SidecarServer.StartAsync();
        var document = await server.GetAsync("/openapi/v1.json");
        var bodies = OperationsOf(document).Select(o => (string?)o["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]).OfType<string>().ToList();
        Assert.NotEmpty(bodies);
        Assert.All(bodies, b => Assert.False((bool)document["components"]!["schemas"]![b.Split('/')[^1]]!["additionalProperties"]!, b));
    }

    [Fact]
    public async Task Bodies_and_answers_are_described_by_the_comments_of_the_code()
    {
        await using var server = await SidecarServer.StartAsync();
        var schemas = (await server.GetAsync("/openapi/v1.json"))["components"]!["schemas"]!.AsObject();
        Assert.All(schemas.Where(s => s.Value!["enum"] is null && s.Value["pattern"] is null), s => Assert.False(string.IsNullOrWhiteSpace((string?)s.Value!["description"]), s.Key));
        Assert.Equal("Whether a study that is approved and unchanged gets a new approval.", (string?)schemas["NewApproval"]!["properties"]!["force"]!["description"]);
    }

    [Fact]
    public async Task Documentation_page_is_served_from_here_alone()
    {
        await using var server = await SidecarServer.StartAsync();
        var page = await server.Client.GetStringAsync("/swagger/index.html", TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
        Assert.DoesNotMatch("<script>", page);
        foreach (Match file in LocalFile().Matches(page))
        {
            using var response = await server.Client.GetAsync($"/swagger/{file.Groups[1].Value}", TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, file.Value);
        }
    }

    [Fact]
    public void Every_error_has_a_status()
    {
        var statuses = Enum.GetValues<PacsbinError>().ToDictionary(e => e, ProblemStatus.Of);
        Assert.All(statuses, s => Assert.True(s.Value is 400 or 403 or 404 or 409 or 422 or 500 or 502));
        Assert.Equal([PacsbinError.FileIo], statuses.Where(s => s.Value == 500).Select(s => s.Key));
        Assert.Equal((422, 400, 409, 409, 502, 404, 403), (
            statuses[PacsbinError.NotDicom], statuses[PacsbinError.RegionOutsideImage], statuses[PacsbinError.NotApproved], statuses[PacsbinError.KeyMismatch],
            statuses[PacsbinError.ArchiveRefused], statuses[PacsbinError.FileNotFound], statuses[PacsbinError.FileAccessDenied]));
    }

    private static IEnumerable<JsonNode> OperationsOf(JsonNode document) => document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!);

    [GeneratedRegex(@"CmdletsToExport\s*=\s*@\([^)]*\)")]
    private static partial Regex Exported();

    [GeneratedRegex("'([A-Z][A-Za-z]*-[A-Za-z]+)'")]
    private static partial Regex Name();

    [GeneratedRegex("(?:src|href)=\"\\./([^\"]+)\"")]
    private static partial Regex LocalFile();
}
