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
        for (var beat = 1; !stoppingToken.IsCancellationRequested; beat++)
        {
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await queue.BeatAsync();
                (heard, isSilent) = (Stopwatch.GetTimestamp(), false);
                if (beat % BeatsBetweenSearches == 0)
                {
                    await queue.ResumeLostAsync();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!PostgresStore.IsAway(e))
                {
                    LogUnexpected(e.GetType().FullName ?? "");
                }

                if (!isSilent && Stopwatch.GetElapsedTime(heard) > LongestSilence)
                {
                    isSilent = true;
                    LogSilent();
                    await queue.StopAllAsync();
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Keeping in touch with other sidecars failed with {Type}.")]
    private partial void LogUnexpected(string type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database of jobs does not answer: what was being done here is left to others.")]
    private partial void LogSilent();
}
