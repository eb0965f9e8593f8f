using System.Text.Json.Nodes;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction.Devices;

public sealed class DeviceJsonTests
{
    private const string Whole = """
        {
          "$schema": "device-library.schema.json",
          "format": "pacsbin-devices/1",
          "description": "Ours",
          "signatures": [
            {
              "name": "Gerät 3",
              "description": "new 🩻",
              "filter": "Modality.equals(\"US\") * Manufacturer.contains(\"\u0041CME\")",
              "regions": [
                { "x": 0, "y": -20, "width": 800, "height": 20 },
                { "x": 10, "y": 60, "width": 700, "height": 500, "shape": "ellipse", "outside": true, "firstFrame": 2, "lastFrame": 5 }
              ]
            }
          ]
        }
        """;

    [Fact]
    public void Json_says_all_that_a_region_can_be()
    {
        var library = DeviceLibrary.Parse(Whole);
        var signature = Assert.Single(library.Signatures);
        Assert.Empty(library.Problems);
        Assert.Equal(("Gerät 3", 6), (signature.Name, signature.Line));
        Assert.Equal(new RedactionRegion(0, -20, 800, 20) { Clip = true }, signature.Regions[0]);
        Assert.Equal(
            new RedactionRegion(10, 60, 700, 500) { Clip = true, Shape = RegionShape.Ellipse, Outside = true, FirstFrame = 2, LastFrame = 5 },
            signature.Regions[1]);
        Assert.Same(signature, library.Match(Attributes.Of(("Modality", "US"), ("Manufacturer", "ACME")), null));
        Assert.Null(library.Match(Attributes.Of(("Modality", "CT"), ("Manufacturer", "ACME")), null));
    }

    [Theory]
    [InlineData("Modality.equals", "¦Modallity.equals")]
    [InlineData(".contains(", ".¦holds(")]
    [InlineData("CME\\\")", "CME\\\")¦)")]
    [InlineData("contains(\\\"\\u0041CME", "matches(¦\\\"\\u0041(")]
    [InlineData("\"x\": 0", "\"x\": ¦\"0\"")]
    [InlineData("\"x\": 0", "\"x\": ¦0.5")]
    [InlineData("\"x\": 0", "\"x\": ¦null")]
    [InlineData("\"x\": 0", "\"x\": ¦{}")]
    [InlineData("\"x\": 0", "\"x\": 0¦0")]
    [InlineData("{ \"x\": 0,", "¦{")]
    [InlineData("\"x\": 0", "\"x\": 0, ¦\"x\": 0")]
    [InlineData("\"x\": 0", "\"X\": ¦0")]
    [InlineData("\"width\": 800", "\"width\": ¦0")]
    [InlineData("\"width\": 800", "\"width\": ¦3000000000")]
    [InlineData("\"ellipse\"", "¦\"circle\"")]
    [InlineData("\"ellipse\"", "¦1")]
    [InlineData("true", "¦\"true\"")]
    [InlineData("{ \"x\": 10", "¦{ \"lastFrame\": 1, \"x\": 10", ", \"lastFrame\": 5")]
    [InlineData("{ \"x\": 10", "¦{ \"x\": 10", "\"firstFrame\": 2, ")]
    [InlineData("\"pacsbin-devices/1\"", "¦\"pacsbin-devices/2\"")]
    [InlineData("{\n  \"$schema\"", "¦{\n  \"$schema\"", "\"format\": \"pacsbin-devices/1\",")]
    [InlineData("\"signatures\": [", "\"signatures\": [ ¦5,")]
    [InlineData("\"regions\": [", "\"regions\": [ ¦[],")]
    [InlineData("\"description\": \"Ours\"", "\"comment\": ¦\"Ours\"")]
    [InlineData("\"Ours\",", "\"Ours\", ¦// x")]
    [InlineData("\"Gerät 3\"", "¦\"\"")]
    [InlineData("\"Gerät 3\"", "¦\" x\"")]
    [InlineData("\"Gerät 3\"", "¦\"a\\u0007\"")]
    [InlineData("\"Gerät 3\"", "¦\"\\uD800\"")]
    [InlineData("new 🩻\",", "new 🩻\" ¦x")]
    public void What_is_not_of_the_format_is_an_error_with_line_and_column(string from, string to, string without = "\0")
    {
        Assert.Contains(from, Whole, StringComparison.Ordinal);
        var marked = Whole.Replace(without, "", StringComparison.Ordinal).Replace(from, to, StringComparison.Ordinal);
        var before = marked[..marked.IndexOf('¦', StringComparison.Ordinal)];
        var (line, column) = (before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'));
        var error = Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse(marked.Replace("¦", "", StringComparison.Ordinal)));
        Assert.Equal(PacsbinError.InvalidScript, error.Error);
        Assert.StartsWith($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData(" {\n\"format\": \"pacsbin-devices/1\", \"signatures\": [] }")]
    [InlineData("{\"format\": \"pacsbin-devices/1\", \"signatures\": [[[[[[[[[[[[")]
    [InlineData("{\"format\": \"pacsbin-devices/1\", \"signatures\": {} }")]
    [InlineData("{\"format\": \"pacsbin-devices/1\", \"signatures\": [] } {}")]
    public void Json_that_is_no_library_is_an_error(string json) =>
        Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse(json)).Error);

    [Fact]
    public void Members_and_what_is_required_are_those_of_the_schema()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Join(TestData.Repository, "module", "device-library.schema.json")))!;
        var signature = schema["properties"]!["signatures"]!["items"]!;
        var region = signature["properties"]!["regions"]!["items"]!;
        var library = JsonNode.Parse(Whole)!;
        Check(schema, library, library);
        Check(signature, library["signatures"]![0]!, library);
        Check(region, library["signatures"]![0]!["regions"]![1]!, library);
        Assert.Equal(DeviceLibrary.JsonFormat, schema["properties"]!["format"]!["const"]!.GetValue<string>());
        DatasetFilter.Parse(signature["properties"]!["filter"]!["examples"]![0]!.GetValue<string>());
    }

    private static void Check(JsonNode schema, JsonNode sample, JsonNode library)
    {
        var members = sample.AsObject();
        Assert.Equal(schema["properties"]!.AsObject().Select(p => p.Key).Order(), members.Select(m => m.Key).Order());
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
        var required = schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
        foreach (var name in members.Select(m => m.Key).Where(name => name != "firstFrame").ToList())
        {
            var index = members.IndexOf(name);
            var value = members[name];
            members.Remove(name);
            var error = Record.Exception(() => DeviceLibrary.Parse(library.ToJsonString()));
            members.Insert(index, name, value);
            Assert.Equal(required.Contains(name), error is PacsbinException);
        }
    }
}
