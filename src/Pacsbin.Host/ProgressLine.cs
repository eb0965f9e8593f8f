using System.Diagnostics;
using System.Management.Automation;

namespace Pacsbin.Host;

/// <summary>Draws the running activities as one line at the bottom of a terminal; draws nothing when there is none.</summary>
/// <remarks>The line goes to standard error, so that output can be sent to a file while a person watches.</remarks>
sealed class ProgressLine
{
    const string ClearLine = "\r\e[2K";
    const int BarCells = 20;
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    readonly Dictionary<(long Source, int Activity), ProgressRecord> running = [];
    long drawnAt;
    bool visible;

    public void Show(long source, ProgressRecord record)
    {
        if (Console.IsErrorRedirected) return;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            running.Remove((source, record.ActivityId));
            if (running.Count == 0) Clear();
            return;
        }
        running[(source, record.ActivityId)] = record;
        if (visible && Stopwatch.GetElapsedTime(drawnAt) < Pace) return;
        Draw(record);
    }

    public void Clear()
    {
        if (!visible) return;
        Console.Error.Write(ClearLine);
        visible = false;
    }

    public void End()
    {
        Clear();
        running.Clear();
    }

    void Draw(ProgressRecord record)
    {
        string text = Text(record);
        // The last column stays free: many terminals wrap as soon as it is written.
        int room = Math.Max(Terminal.Width - 1, 10);
        Console.Error.Write(ClearLine + (text.Length > room ? text[..room] : text));
        drawnAt = Stopwatch.GetTimestamp();
        visible = true;
    }

    static string Text(ProgressRecord record)
    {
        string text = record.Activity;
        if (record.PercentComplete is >= 0 and <= 100 and var percent)
        {
            int filled = percent * BarCells / 100;
            text += $" [{new string('#', filled)}{new string('.', BarCells - filled)}] {percent}%";
        }
        text += " " + record.StatusDescription;
        if (!string.IsNullOrEmpty(record.CurrentOperation)) text += ": " + record.CurrentOperation;
        if (record.SecondsRemaining > 0) text += $" ({TimeSpan.FromSeconds(record.SecondsRemaining):c} left)";
        return text.ReplaceLineEndings(" ");
    }
}
