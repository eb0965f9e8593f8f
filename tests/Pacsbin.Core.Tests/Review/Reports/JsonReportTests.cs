using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>The form of a JSON report, and the schema of it that ships with the module. With PACSBIN_UPDATE=1 the test writes the schema anew.</summary>
public sealed class JsonReportTests : ReportingTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void Schema_that_ships_is_the_one_that_the_code_writes()
    {
        var exporter = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };
        var text = ReportJson.Default.Options.GetJsonSchemaAsNode(typeof(ReportDocument), exporter).ToJsonString(Indented) + "\n";
        var path = Path.Join(TestData.Repository, "module", "report.schema.json");
        if (Environment.GetEnvironmentVariable("PACSBIN_UPDATE") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Report_that_is_written_piece_by_piece_has_the_properties_of_the_schema()
    {
        Source.WithStudy(1, 2).WithStudy(2, 1);
        Run();
        Change(m => Approve(m));
        ChangeFile(f => f with { Findings = [new(FindingKind.BurnedInSuspected, new(0x00280301), "Why.")], Regions = [new(0, 0, 1, 1)], Device = "D", Actions = new(1, 2, 3, 4, 5, 6) });
        var schema = JsonNode.Parse(File.ReadAllText(Path.Join(TestData.Repository, "module", "report.schema.json")))!;
        var seen = 0;
        Check(JsonNode.Parse(Report(ReportFormat.Json)!)!, schema, "$");
        Assert.True(seen > 100);

        void Check(JsonNode? value, JsonNode rule, string path)
        {
            seen++;
            if (rule["$ref"] is { } reference)
            {
                rule = reference.GetValue<string>()[2..].Split('/').Aggregate(schema, (node, step) => node is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!);
            }

            if (value is JsonObject item && rule["properties"] is JsonObject properties)
            {
                Assert.All(item, p => Assert.True(properties.ContainsKey(p.Key), $"{path}.{p.Key} is not in the schema."));
                foreach (var (name, property) in item)
                {
                    Check(property, properties[name]!, $"{path}.{name}");
                }
            }
            else if (value is JsonArray array && rule["items"] is { } items)
            {
                for (var i = 0; i < array.Count; i++)
                {
                    Check(array[i], items, $"{path}[{i}]");
                }
            }

            if (rule["enum"] is JsonArray words)
            {
                Assert.Contains(value!.GetValue<string>(), words.Select(w => w?.GetValue<string>()));
            }
            else if (rule["type"] is { } type)
            {
                var allowed = type is JsonArray several ? several.Select(t => t!.GetValue<string>()).ToList() : [type.GetValue<string>()];
                var kind = value!.GetValueKind() switch
                {
                    JsonValueKind.True or JsonValueKind.False => "boolean",
                    JsonValueKind.Number => "integer",
                    var other => other.ToString().ToLowerInvariant(),
                };
                Assert.True(allowed.Contains(kind), $"{path} is {kind}.");
            }
        }
    }

    [Fact]
    public void Regions_have_no_uids_whatever_the_manifest_says()
    {
        Source.WithStudy(1, 1);
        Run();
        var path = Path.Join(Studies(Destination)[0], Manifest.FileName);
        ChangeFile(f => f with { Regions = [new(0, 0, 1, 1)] });
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"shape\"", "\"seriesInstanceUid\":\"1.2.77\",\"sopInstanceUid\":\"1.2.78\",\"shape\"", StringComparison.Ordinal));
        Assert.Equal("1.2.78", ManifestOf().Files[0].Regions![0].SopInstanceUid);
        foreach (var format in Enum.GetValues<ReportFormat>())
        {
            Assert.DoesNotContain("1.2.7", Report(format)!, StringComparison.Ordinal);
        }
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(Pacsbin.Dicom.Tag) || context.TypeInfo.Type == typeof(Pacsbin.Dicom.Tag?))
        {
            return new JsonObject { ["type"] = "string", ["pattern"] = @"^\([0-9A-F]{4},[0-9A-F]{4}\)$" };
        }

        if (context.Path.IsEmpty && schema is JsonObject root)
        {
            root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
            root.Insert(1, "title", ReportWriter.JsonFormat);
        }

        return schema;
    }
}
