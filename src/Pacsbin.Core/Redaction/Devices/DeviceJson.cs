using System.Text.Json;

namespace Pacsbin.Redaction.Devices;

/// <summary>Reads the JSON form of a device library: unknown, repeated and missing members and values of another type are errors.</summary>
/// <remarks>
/// <c>{ "format": "pacsbin-devices/1", "signatures": [ { "name": "…", "filter": "…", "regions": [ { "x": 0, "y": 0, "width": 800, "height": 60 } ] } ] }</c>.
/// A region may also have shape (rectangle or ellipse), outside, firstFrame and lastFrame, as <see cref="RedactionRegion"/> has. The library and a
/// signature may have a description, which is not read.
/// </remarks>
internal sealed class DeviceJson(string text)
{
    private readonly JsonMembers json = new(text);
    private readonly DeviceLibraryContent content = new();

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal DeviceLibraryContent Read()
    {
        json.ReadDocument(["format", "signatures"], (ref reader, name) =>
        {
            switch (name)
            {
                case "format" when json.ReadString(reader, "The format") != DeviceLibrary.JsonFormat:
                    throw json.Error(reader, $"The format is not {DeviceLibrary.JsonFormat}.");
                case "format":
                    break;
                case "$schema" or "description":
                    json.ReadString(reader, $"The {name}");
                    break;
                case "signatures":
                    json.ReadArray(ref reader, ReadSignature);
                    break;
                default:
                    throw Unknown(reader, name);
            }
        });
        return content.Signatures.Count > 0 ? content : throw json.Source.Error(0, "The library has no signature.");
    }

    private void ReadSignature(ref Utf8JsonReader reader, string item)
    {
        var at = json.IndexOf(reader);
        var title = "";
        DatasetFilter? filter = null;
        List<RedactionRegion> regions = [];
        json.ReadObject(ref reader, ["name", "filter", "regions"], (ref reader, name) =>
        {
            switch (name)
            {
                case "name":
                    title = ReadName(reader);
                    break;
                case "filter":
                    var script = json.ReadScript(reader, "A filter");
                    filter = DatasetFilter.Parse(script, 0, script.Text.Length, content.Attributes, exact: false);
                    break;
                case "description":
                    json.ReadString(reader, "A description");
                    break;
                case "regions":
                    json.ReadArray(ref reader, (ref reader, _) => regions.Add(ReadRegion(ref reader)));
                    break;
                default:
                    throw Unknown(reader, name);
            }
        });
        content.Problems.AddRange(filter!.Problems);
        content.Add(new DeviceSignature(title, json.Source.PositionOf(at).Line, filter, regions), json.Source, at);
    }

    private RedactionRegion ReadRegion(ref Utf8JsonReader reader)
    {
        var at = json.IndexOf(reader);
        var region = new RedactionRegion(0, 0, 0, 0) { Clip = true };
        json.ReadObject(ref reader, ["x", "y", "width", "height"], (ref reader, name) => region = name switch
        {
            "x" => region with { X = json.ReadInteger(reader, name, int.MinValue) },
            "y" => region with { Y = json.ReadInteger(reader, name, int.MinValue) },
            "width" => region with { Width = json.ReadInteger(reader, name, 1) },
            "height" => region with { Height = json.ReadInteger(reader, name, 1) },
            "shape" => region with { Shape = ReadShape(reader) },
            "outside" => region with { Outside = json.ReadBoolean(reader, name) },
            "firstFrame" => region with { FirstFrame = json.ReadInteger(reader, name, 1) },
            "lastFrame" => region with { LastFrame = json.ReadInteger(reader, name, 1) },
            _ => throw Unknown(reader, name),
        });
        return region.LastFrame is null || region.LastFrame >= region.FirstFrame ? region
            : throw json.Source.Error(at, "A region's last frame needs a first frame, which is not after it.");
    }

    private RegionShape ReadShape(in Utf8JsonReader reader) => json.ReadString(reader, "A shape") switch
    {
        "rectangle" => RegionShape.Rectangle,
        "ellipse" => RegionShape.Ellipse,
        _ => throw json.Error(reader, "A shape is rectangle or ellipse."),
    };

    private string ReadName(in Utf8JsonReader reader)
    {
        var name = json.ReadString(reader, "A name");
        return name.Length > 0 && ScriptText.Printable(name) == name ? name
            : throw json.Error(reader, "A name is 1 to 64 printable characters without space around them.");
    }

    private PacsbinException Unknown(in Utf8JsonReader reader, string name) => json.Error(reader, $"'{ScriptText.Printable(name)}' is not a member of this object.");
}
