using System.Globalization;
using System.Text.Json.Nodes;

namespace Pacsbin.PowerShell;

/// <summary>Studies that a sidecar de-identifies again and again.</summary>
/// <param name="Name">Names it.</param>
/// <param name="Cron">When, in local time.</param>
/// <param name="Project">The project's folder.</param>
/// <param name="Next">The next time; null for never.</param>
/// <param name="LastState">Where the last job is: Queued, Running, Succeeded, Failed or Cancelled; null for none yet.</param>
/// <param name="LastEnded">When it ended; null if it has not.</param>
/// <param name="LastWritten">Files that it has written.</param>
/// <param name="LastRejected">Files and studies that gave nothing.</param>
/// <param name="LastError">What ended it; null for nothing.</param>
/// <param name="Url">The sidecar.</param>
/// <param name="TokenPath">The file with the sidecar's token.</param>
public sealed record PacsbinSchedule(
    string Name, string Cron, string? Project, DateTime? Next, string? LastState, DateTime? LastEnded, int? LastWritten, int? LastRejected, string? LastError, Uri Url, string TokenPath)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static PacsbinSchedule Of(JsonNode schedule, Uri url, string tokenPath)
    {
        var last = schedule["last"];
        return new PacsbinSchedule(
            (string)schedule["name"]!, (string)schedule["cron"]!, (string?)schedule["deidentify"]?["project"], TimeOf(schedule["next"]),
            (string?)last?["state"], TimeOf(last?["ended"]), (int?)last?["written"], (int?)last?["rejected"], (string?)last?["error"], url, tokenPath);
    }

    private static DateTime? TimeOf(JsonNode? node) => node is null ? null : DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture).LocalDateTime;
}
