using System.Diagnostics;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Keeps in touch with the other sidecars of a database.</summary>
internal sealed partial class JobBeat(JobQueue queue, ILogger<JobBeat> log) : BackgroundService
{
    private const int BeatsBetweenSearches = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>After this time without the database, before others take over, nothing is done here any more: a study must not be written by two.</summary>
    private static readonly TimeSpan LongestSilence = PostgresStore.Checkin + PostgresStore.Tolerance - TimeSpan.FromSeconds(8);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var heard = Stopwatch.GetTimestamp();
        var isSilent = false;
        var beat = Task.CompletedTask;
        for (var number = 1; !stoppingToken.IsCancellationRequested; number++)
        {
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (beat.IsCompleted)
            {
                beat = BeatAsync(number);
            }

            // It may wait for an answer for longer than there is time.
            var patience = isSilent ? Interval : LongestSilence - Stopwatch.GetElapsedTime(heard);
            await beat.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (beat.IsCompletedSuccessfully)
            {
                (heard, isSilent) = (Stopwatch.GetTimestamp(), false);
            }
            else if (!isSilent && !stoppingToken.IsCancellationRequested && Stopwatch.GetElapsedTime(heard) > LongestSilence)
            {
                isSilent = true;
                LogSilent();
                await queue.StopAllAsync();
            }
        }
    }

    private async Task BeatAsync(int number)
    {
        await Task.Yield(); // asking the database blocks
        try
        {
            await queue.BeatAsync();
            if (number % BeatsBetweenSearches == 0)
            {
                await queue.ResumeLostAsync();
            }
        }
        catch (Exception e) when (!PostgresStore.IsAway(e))
        {
            LogUnexpected(e.GetType().FullName ?? "");
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Keeping in touch with other sidecars failed with {Type}.")]
    private partial void LogUnexpected(string type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database of jobs does not answer: what was being done here is left to others.")]
    private partial void LogSilent();
}
