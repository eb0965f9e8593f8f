using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Pacsbin.Sidecar.Description;

/// <summary>What parameters mean; one of a name means the same in every operation.</summary>
internal static class ParameterDescription
{
    private const string Uid = "2.25.5793140255301435621226006167283366320";

    private static readonly Dictionary<string, (string Meaning, JsonNode Example)> Known = new(StringComparer.Ordinal)
    {
        ["studyInstanceUid"] = ("The new Study Instance UID, in the workspace.", Uid),
        ["seriesInstanceUid"] = ("The new Series Instance UID.", Uid),
        ["sopInstanceUid"] = ("The new SOP Instance UID.", Uid),
        ["workspace"] = ("The full path of a workspace below the configured folder; without it the folder itself.", "/data/workspace/teaching"),
        ["path"] = ("The full path of a file or folder below a root, or below the workspace.", "/data/from-pacs"),
        ["source"] = ("The full path of sources whose identifiers must not be in the copy; may be repeated.", new JsonArray("/data/from-pacs")),
        ["allowedWord"] = ("A word that is harmless although a source has it as an identifier; may be repeated.", new JsonArray("CHEST")),
        ["frame"] = ("The frame, from 1.", 1),
        ["format"] = ("png or jpeg; without it png.", "png"),
        ["width"] = ("The columns of the picture; together with height, it fits into both.", 512),
        ["height"] = ("The rows of the picture.", 512),
        ["windowCenter"] = ("The center of the window, in values after rescaling; needs windowWidth.", 40),
        ["windowWidth"] = ("The width of the window, above 0; needs windowCenter.", 400),
        ["fullRange"] = ("Whether a gray frame is shown from its lowest to its highest value; not together with a window.", false),
        ["invert"] = ("Whether black and white change places.", false),
        ["minimumScore"] = ("Leaves out proposals with a lower score, from 0 to 1.", 0.6),
        ["includeText"] = ("Whether the text that was read is shown; it may identify the patient.", false),
        ["id"] = ("The id, as the answer to the request for it had it.", "0f8fad5bd9cb469fa16570867728950e"),
        ["Idempotency-Key"] = ("A text of the caller's: the same request with the same text gives the job that is there.", "night-2026-11-26"),
        ["Last-Event-ID"] = ("The id of the last event that the client has.", "Running-1-64-1048576"),
        ["schedule"] = ("The schedule's name.", "nightly"),
        ["folder"] = ("The name of the project's folder.", "trial"),
        ["project"] = ("The name of the project's folder.", "trial"),
        ["name"] = ("The archive's name.", "teaching"),
    };

    public static void Describe(IOpenApiParameter parameter)
    {
        if (parameter is OpenApiParameter own && own.Name is { } name && Known.TryGetValue(name, out var known))
        {
            (own.Description, own.Example) = (known.Meaning, known.Example.DeepClone());
        }
    }
}
