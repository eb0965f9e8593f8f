using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Anonymizer scripts of RSNA CTP and Pacsbin.</summary>
internal static class ScriptEndpoints
{
    /// <summary>A script's most bytes, with room for the escapes of JSON.</summary>
    private const long LargestBody = (2 * AnonymizerScript.MostBytes) + 65536;

    public static void Map(RouteGroupBuilder v1)
    {
        var scripts = v1.MapGroup("/scripts").WithTags("Scripts").WithMetadata(new BodyLimit(LargestBody));
        scripts.MapPost("/audit", Audit).Named("Test-PacsbinScript", "Compares an anonymizer script with PS3.15 Table E.1-1, without any data.",
            "Each row of the table comes twice: for the data set itself and for items of sequences.")
            .WithExample("""{ "content": "set.[0010,0010]PatientName=@empty()", "summary": true }""");
        scripts.MapPost("/convert", Convert).Named("ConvertTo-PacsbinScript", "Writes an anonymizer script as CTP's XML or Pacsbin's JSON.")
            .WithExample("""{ "content": "set.[0010,0010]PatientName=@empty()", "format": "CtpXml" }""");
    }

    private static Ok<ScriptAuditResult> Audit(ScriptToAudit body, AllowedFolders folders)
    {
        RequestRefusedException.RequireNoNulls(body.Options, body.Parameters?.Values);
        var profile = DeidentificationProfile.Of(body.Profile, body.Options ?? []);
        var script = Read(body.Path, body.Content, body.Exact, body.Parameters, folders);
        var audit = ScriptAudit.Of(script, profile);
        return TypedResults.Ok(new ScriptAuditResult(audit.Root, audit.Nested, body.Summary ? null : audit.Rows, script.Problems));
    }

    private static Ok<ConvertedScript> Convert(ScriptToConvert body, AllowedFolders folders)
    {
        // In CTP's way, because what is only written needs no values: a parameter may be undefined.
        var script = Read(body.Path, body.Content, exact: true, null, folders);
        var content = body.Format switch
        {
            ScriptFormat.CtpXml => script.ToCtpXml(),
            ScriptFormat.PacsbinJson => script.ToPacsbinJson(),
            _ => throw RequestRefusedException.BadRequest("Scripts are written as CtpXml or PacsbinJson."),
        };
        return TypedResults.Ok(new ConvertedScript(body.Format, content, script.Problems));
    }

    private static AnonymizerScript Read(string? path, string? content, bool exact, IReadOnlyDictionary<string, string>? parameters, AllowedFolders folders) => (path, content) switch
    {
        ({ } file, null) => AnonymizerScript.Load(folders.RequireReadable(file), exact, parameters),
        (null, { } text) => AnonymizerScript.Parse(text, exact, parameters),
        _ => throw RequestRefusedException.BadRequest("A script is given by its path or by its content."),
    };
}
