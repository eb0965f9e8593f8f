using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>A report as JSON: a head, the studies, and the summary of all of them.</summary>
internal sealed class JsonReport : ReportWriter
{
    private readonly Utf8JsonWriter json;

    public JsonReport(Stream output, ReportHead head)
    {
        json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("format", JsonFormat);
        json.WriteString("title", head.Title);
        json.WriteString("tool", head.Tool);
        json.WriteString("created", head.Created);
        json.WriteStartArray("studies");
    }

    public override void Add(ReportStudy study, ReportPicture picture)
    {
        JsonSerializer.Serialize(json, study, ReportJson.Default.ReportStudy);
        json.Flush();
    }

    public override void Complete(ReportSummary summary)
    {
        json.WriteEndArray();
        json.WritePropertyName("summary");
        JsonSerializer.Serialize(json, summary, ReportJson.Default.ReportSummary);
        json.WriteEndObject();
        json.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            json.Dispose();
        }
    }
}

/// <summary>The whole of a JSON report, for its schema: it is written piece by piece and never held like this.</summary>
internal sealed record ReportDocument(string Format, string Title, string Tool, DateTimeOffset Created, IReadOnlyList<ReportStudy> Studies, ReportSummary Summary);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(TagJsonConverter)])]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
