using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Pacsbin.Dicom;

namespace Pacsbin.Archives;

/// <summary>What an archive said of each instance of a STOW-RS request (PS3.18 10.5.3): in the DICOM JSON Model, or as XML.</summary>
internal sealed class StoreAnswer
{
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>The instances that are stored, with the archive's warning (a Warning Reason) or null.</summary>
    public Dictionary<string, int?> Stored { get; } = new(StringComparer.Ordinal);

    /// <summary>The instances that are not, with the Failure Reason, or null if there is none.</summary>
    public Dictionary<string, int?> Failed { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the answer says nothing of single instances, but that all is well.</summary>
    public bool IsBareSuccess { get; private init; }

    /// <summary>Whether anything can be read out of the answer.</summary>
    public bool IsReadable => IsBareSuccess || Stored.Count + Failed.Count > 0;

    /// <summary>Reads an answer; one that cannot be read is empty.</summary>
    public static async Task<StoreAnswer> ReadAsync(HttpResponseMessage response, Action heard, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var limited = new LimitedStream(body, MostBytes, heard);
        var answer = new StoreAnswer();
        try
        {
            if (response.Content.Headers.ContentType?.MediaType?.EndsWith("xml", StringComparison.OrdinalIgnoreCase) == true)
            {
                using var reader = XmlReader.Create(limited, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
                answer.Add(await XDocument.LoadAsync(reader, LoadOptions.None, cancellationToken).ConfigureAwait(false));
            }
            else
            {
                using var json = await JsonDocument.ParseAsync(limited, default, cancellationToken).ConfigureAwait(false);
                foreach (var dataset in DicomJsonObject.All(json.RootElement))
                {
                    answer.Add(dataset);
                }
            }
        }
        catch (Exception e) when (e is JsonException or XmlException or FormatException)
        {
            if (limited.Position == 0)
            {
                return new StoreAnswer { IsBareSuccess = response.StatusCode == HttpStatusCode.OK };
            }
        }

        return answer;
    }

    /// <summary>The meaning of a Failure Reason or Warning Reason (PS3.18 tables I.2-1 and I.2-2, PS3.7 annex C).</summary>
    public static string MeaningOf(int? reason) => reason switch
    {
        null => "The archive gives no reason.",
        0x0110 => "0110: processing failure.",
        0x0111 => "0111: the archive has an instance with this UID already.",
        0x0117 => "0117: invalid object instance.",
        0x0122 => "0122: the archive does not take this SOP class.",
        0x0124 => "0124: not authorized.",
        0xC122 => "C122: the archive does not take this transfer syntax.",
        >= 0xA700 and <= 0xA7FF => $"{reason:X4}: out of resources.",
        >= 0xA900 and <= 0xA9FF => $"{reason:X4}: the data set does not match the SOP class.",
        >= 0xC000 and <= 0xCFFF => $"{reason:X4}: the archive cannot understand the instance.",
        0xB000 => "B000: the archive has changed attributes.",
        0xB006 => "B006: the archive has left attributes out.",
        0xB00E => "B00E: the archive has an instance with this UID already.",
        0xB007 => "B007: the data set does not match the SOP class.",
        _ => $"{reason:X4}",
    };

    /// <summary>Whether another try may help: resources come back, and a processing failure may pass.</summary>
    public static bool IsPassing(int? reason) => reason is null or 0x0110 or (>= 0xA700 and <= 0xA7FF);

    /// <summary>Whether the archive has an instance with this UID already: PS3.7's reason, or one that cloud archives use.</summary>
    public static bool IsDuplicate(int? reason) => reason is 0x0111 or 0xB00E;

    private void Add(DicomJsonObject dataset)
    {
        foreach (var item in dataset.Items(Tags.ReferencedSopSequence))
        {
            if (item.Text(Tags.ReferencedSopInstanceUid) is { } uid)
            {
                Stored[uid] = item.Number(Tags.WarningReason);
            }
        }

        foreach (var item in dataset.Items(Tags.FailedSopSequence))
        {
            if (item.Text(Tags.ReferencedSopInstanceUid) is { } uid)
            {
                Failed[uid] = item.Number(Tags.FailureReason);
            }
        }
    }

    /// <summary>Reads the Native DICOM Model (PS3.19 A.1).</summary>
    private void Add(XDocument document)
    {
        foreach (var item in Items(document.Root, Tags.ReferencedSopSequence))
        {
            if (ValueOf(item, Tags.ReferencedSopInstanceUid) is { } uid)
            {
                Stored[uid] = NumberOf(item, Tags.WarningReason);
            }
        }

        foreach (var item in Items(document.Root, Tags.FailedSopSequence))
        {
            if (ValueOf(item, Tags.ReferencedSopInstanceUid) is { } uid)
            {
                Failed[uid] = NumberOf(item, Tags.FailureReason);
            }
        }
    }

    private static IEnumerable<XElement> Items(XElement? dataset, Tag tag) => Attributes(dataset, tag).Elements().Where(e => e.Name.LocalName == "Item");

    private static IEnumerable<XElement> Attributes(XElement? dataset, Tag tag) =>
        (dataset?.Elements() ?? []).Where(e => e.Name.LocalName == "DicomAttribute" && string.Equals((string?)e.Attribute("tag"), $"{tag.Group:X4}{tag.Element:X4}", StringComparison.OrdinalIgnoreCase));

    private static string? ValueOf(XElement item, Tag tag) =>
        Attributes(item, tag).Elements().FirstOrDefault(e => e.Name.LocalName == "Value")?.Value.Trim(' ', '\0', '\n', '\r', '\t') is { Length: > 0 } text ? text : null;

    private static int? NumberOf(XElement item, Tag tag) => int.TryParse(ValueOf(item, tag), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
