using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Which instances a STOW-RS request has and which its answer says are stored.</summary>
internal static class Confirmations
{
    private const string Referenced = "00081199";
    private const string ReferencedUid = "00081155";

    /// <summary>The SOP Instance UIDs in an answer's Referenced SOP Sequence; none where the body is not DICOM JSON.</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> answer)
    {
        try
        {
            return [.. (JsonNode.Parse(answer) as JsonObject)?[Referenced]?["Value"]?.AsArray().Select(item => (string)item![ReferencedUid]!["Value"]![0]!) ?? []];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The SOP Instance UIDs of a request's parts; none where its body is cut.</summary>
    public static IReadOnlyList<string> InRequest(string contentType, byte[] body)
    {
        try
        {
            return [.. Multipart.Parse(contentType, body).Select(part => ArchivedInstance.TryRead(part.Body)).OfType<ArchivedInstance>().Select(i => i.SopInstanceUid)];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>The SOP Instance UIDs that a client sent again in a request that it began after it had been told that they are stored.</summary>
    public static IReadOnlyList<string> SentAgain(IEnumerable<FaultRecord> records)
    {
        var all = records.ToList();
        var confirmed = all.SelectMany(record => record.Confirmed.Select(uid => (uid, record.Passed)))
            .GroupBy(pair => pair.uid).ToDictionary(group => group.Key, group => group.Min(pair => pair.Passed));
        return [.. all.SelectMany(record => record.Sent.Where(uid => confirmed.TryGetValue(uid, out var passed) && record.Began > passed))];
    }
}
