using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>What a <see cref="ScriptedArchive"/> answers to QIDO-RS.</summary>
internal static class ArchiveQuery
{
    private static readonly Dictionary<string, uint> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SOPClassUID"] = 0x00080016,
        ["SOPInstanceUID"] = 0x00080018,
        ["StudyDate"] = 0x00080020,
        ["AccessionNumber"] = 0x00080050,
        ["Modality"] = 0x00080060,
        ["ModalitiesInStudy"] = 0x00080060,
        ["00080061"] = 0x00080060,
        ["PatientName"] = 0x00100010,
        ["PatientID"] = 0x00100020,
        ["StudyInstanceUID"] = 0x0020000D,
        ["SeriesInstanceUID"] = 0x0020000E,
    };

    /// <summary>The instances that match all the parameters that are keys.</summary>
    public static IEnumerable<ArchivedInstance> Match(IEnumerable<ArchivedInstance> instances, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var wanted = parameters.Select(parameter => (Tag: TagOf(parameter.Key), parameter.Value))
            .Where(key => key.Tag != 0 && key.Value.Length > 0).ToList();
        return instances.Where(instance => wanted.All(key => Matches(instance[key.Tag], key.Value, key.Tag)));
    }

    /// <summary>One answer for a level: studies, series or instances.</summary>
    /// <param name="group">The instances of one entity of that level.</param>
    /// <param name="root">The archive's root, for the retrieve URLs.</param>
    public static JsonObject Describe(IReadOnlyList<ArchivedInstance> group, string level, string root)
    {
        var first = group[0];
        var url = $"{root}/studies/{first.StudyInstanceUid}";
        var answer = new JsonObject
        {
            ["00080005"] = Attribute("CS", "ISO_IR 192"),
            ["00080020"] = Attribute("DA", first[0x00080020]),
            ["00080050"] = Attribute("SH", first[0x00080050]),
            ["00100010"] = Attribute("PN", new JsonObject { ["Alphabetic"] = first[0x00100010] }),
            ["00100020"] = Attribute("LO", first[0x00100020]),
            ["0020000D"] = Attribute("UI", first.StudyInstanceUid),
        };
        if (level == "studies")
        {
            answer["00080061"] = Attribute("CS", [.. group.Select(i => i[0x00080060]).Distinct().Select(modality => JsonValue.Create(modality))]);
            answer["00201206"] = Attribute("IS", group.Select(i => i.SeriesInstanceUid).Distinct().Count());
            answer["00201208"] = Attribute("IS", group.Count);
        }
        else
        {
            url += $"/series/{first.SeriesInstanceUid}";
            answer["00080060"] = Attribute("CS", first[0x00080060]);
            answer["0020000E"] = Attribute("UI", first.SeriesInstanceUid);
        }

        if (level == "series")
        {
            answer["00201209"] = Attribute("IS", group.Count);
        }

        if (level == "instances")
        {
            url += $"/instances/{first.SopInstanceUid}";
            answer["00080016"] = Attribute("UI", first.SopClassUid);
            answer["00080018"] = Attribute("UI", first.SopInstanceUid);
        }

        answer["00081190"] = Attribute("UR", url);
        return answer;
    }

    /// <summary>An attribute of DICOM JSON (PS3.18 F.2); empty text is no value.</summary>
    public static JsonObject Attribute(string vr, params JsonNode?[] values)
    {
        var attribute = new JsonObject { ["vr"] = vr };
        if (values is not [JsonValue value] || value.ToString().Length > 0)
        {
            attribute["Value"] = new JsonArray(values);
        }

        return attribute;
    }

    private static uint TagOf(string key) => Keys.TryGetValue(key, out var tag) ? tag
        : uint.TryParse(key, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out tag) && Keys.ContainsValue(tag) ? tag : 0;

    private static bool Matches(string value, string wanted, uint tag)
    {
        if (tag == 0x00080020 && wanted.Split('-') is [var from, var to])
        {
            return value.Length > 0 && string.CompareOrdinal(value, from) >= 0 && (to.Length == 0 || string.CompareOrdinal(value, to) <= 0);
        }

        return wanted.Split(',', '\\').Any(one => Regex.IsMatch(
            value,
            $"^{Regex.Escape(one).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));
    }
}
