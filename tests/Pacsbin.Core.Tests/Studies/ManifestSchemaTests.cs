using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

/// <summary>The JSON schema of study.json that ships with the module. With PACSBIN_UPDATE=1 the test writes it anew.</summary>
public sealed class ManifestSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void Schema_that_ships_is_the_one_that_the_code_reads_and_writes()
    {
        var exporter = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };
        var schema = ManifestJson.Default.Options.GetJsonSchemaAsNode(typeof(Manifest), exporter);
        var text = schema.ToJsonString(Indented) + "\n";
        var path = Path.Join(TestData.Repository, "module", "study.schema.json");
        if (Environment.GetEnvironmentVariable("PACSBIN_UPDATE") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }

    /// <summary>Says what the exporter cannot know: the form of a tag, and the format's name.</summary>
    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(Pacsbin.Dicom.Tag) || context.TypeInfo.Type == typeof(Pacsbin.Dicom.Tag?))
        {
            return new JsonObject { ["type"] = "string", ["pattern"] = @"^\([0-9A-F]{4},[0-9A-F]{4}\)$" };
        }

        if (context.Path.IsEmpty && schema is JsonObject root)
        {
            root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
            root.Insert(1, "title", Manifest.CurrentFormat);
        }

        return schema;
    }
}
