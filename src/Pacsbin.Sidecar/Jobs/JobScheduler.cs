using Microsoft.Data.Sqlite;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Starts Quartz when the sidecar starts, and stops it with it. What was to be done before is gone on with.</summary>
internal sealed class JobScheduler(ISchedulerFactory schedulers, JobQueue queue, ScheduleBook schedules) : IHostedService
{
    /// <summary>Jobs at once; most of them use all processors.</summary>
    private const int MostAtOnce = 3;

    private IScheduler? running;

    /// <summary>Has Quartz keep its triggers in the folder of jobs.</summary>
    public static void Add(IServiceCollection services, JobStore store)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(MostAtOnce);
            quartz.UsePersistentStore(persistent =>
            {
                persistent.UseSqlite(SqliteFactory.Instance, store.ConnectionStringOf("quartz.db"));
                persistent.ConfigureStore(options =>
                {
                    options.SchemaProvisioning = SchemaProvisioning.CreateIfMissing;
                    options.StoreJobDataAsStrings = true;
                    options.UseBackgroundThreads = true;
                });
            });
        });
        services.AddHostedService<JobScheduler>();
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await queue.ResumeAsync();
        await schedules.ResumeAsync();
        running = await schedulers.GetScheduler(cancellationToken);
        await running.Start(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // The host stops its services once when it is told to, and once more when it is disposed.
        if (Interlocked.Exchange(ref running, null) is { } scheduler)
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }
}
