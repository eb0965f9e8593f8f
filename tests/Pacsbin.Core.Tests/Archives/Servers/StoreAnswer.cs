using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>What a <see cref="ScriptedArchive"/> answers to STOW-RS (PS3.18 10.5.3, Annex I).</summary>
internal sealed class StoreAnswer(string root)
{
    private const string Failed = "00081198";
    private const string Referenced = "00081199";
    private const string Other = "0008119A";
    private readonly List<(string Sequence, ArchivedInstance? Instance, int Reason)> items = [];

    /// <summary>200 for all stored, 202 for some failed or warned of, 409 for none stored.</summary>
    public int Status => items.All(item => item is { Sequence: Referenced, Reason: 0 }) ? 200
        : items.Any(item => item.Sequence == Referenced) ? 202 : 409;

    /// <param name="warning">A reason, or 0.</param>
    public void AddStored(ArchivedInstance instance, int warning) => items.Add((Referenced, instance, warning));

    public void AddFailed(ArchivedInstance instance, int reason) => items.Add((Failed, instance, reason));

    /// <summary>A part that cannot be read.</summary>
    public void AddUnreadable() => items.Add((Other, null, 0xC000));

    public JsonObject ToJson() => new(items.GroupBy(item => item.Sequence).Select(sequence => KeyValuePair.Create<string, JsonNode?>(
        sequence.Key,
        ArchiveQuery.Attribute("SQ", [.. sequence.Select(item => Item(item.Instance, item.Sequence, item.Reason))]))));

    public string ToXml()
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\">\n");
        foreach (var (tag, sequence) in ToJson())
        {
            xml.Append(CultureInfo.InvariantCulture, $"<DicomAttribute tag=\"{tag}\" vr=\"SQ\">\n");
            foreach (var (i, item) in sequence!["Value"]!.AsArray().Index())
            {
                xml.Append(CultureInfo.InvariantCulture, $"<Item number=\"{i + 1}\">");
                foreach (var (key, attribute) in item!.AsObject())
                {
                    xml.Append(CultureInfo.InvariantCulture, $"<DicomAttribute tag=\"{key}\" vr=\"{attribute!["vr"]}\"><Value number=\"1\">{attribute["Value"]![0]}</Value></DicomAttribute>");
                }

                xml.Append("</Item>\n");
            }

            xml.Append("</DicomAttribute>\n");
        }

        return xml.Append("</NativeDicomModel>\n").ToString();
    }

    private JsonObject Item(ArchivedInstance? instance, string sequence, int reason)
    {
        var item = new JsonObject();
        if (instance is not null)
        {
            item["00081150"] = ArchiveQuery.Attribute("UI", instance.SopClassUid);
            item["00081155"] = ArchiveQuery.Attribute("UI", instance.SopInstanceUid);
        }

        if (sequence == Referenced)
        {
            item["00081190"] = ArchiveQuery.Attribute(
                "UR", $"{root}/studies/{instance!.StudyInstanceUid}/series/{instance.SeriesInstanceUid}/instances/{instance.SopInstanceUid}");
        }

        if (reason != 0)
        {
            item[sequence == Referenced ? "00081196" : "00081197"] = ArchiveQuery.Attribute("US", reason);
        }

        return item;
    }
}
