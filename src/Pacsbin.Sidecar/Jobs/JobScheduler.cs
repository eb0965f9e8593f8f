using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Starts Quartz when the sidecar starts, and stops it with it. What was to be done before is gone on with.</summary>
internal sealed class JobScheduler(ISchedulerFactory schedulers, JobQueue queue, ScheduleBook schedules, JobStore store) : IHostedService
{
    /// <summary>Jobs at once; most of them use all processors.</summary>
    private const int MostAtOnce = 3;

    /// <summary>How often a sidecar without work looks for what another one was asked for.</summary>
    private static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(1);

    private IScheduler? running;

    /// <summary>Has Quartz keep its triggers where jobs are.</summary>
    public static void Add(IServiceCollection services, JobStore store)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(MostAtOnce);
            if (store.IsShared)
            {
                quartz.ConfigureScheduler(scheduler => scheduler.IdleWaitTime = SearchInterval);
            }

            quartz.UsePersistentStore(persistent =>
            {
                store.Keep(persistent);
                persistent.ConfigureStore(options =>
                {
                    options.SchemaProvisioning = SchemaProvisioning.CreateIfMissing;
                    options.StoreJobDataAsStrings = true;
                    options.UseBackgroundThreads = true;
                });
            });
        });
        services.AddHostedService<JobScheduler>();
        if (store.IsShared)
        {
            services.AddHostedService<JobBeat>();
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using (store.TakeTurn()) // Quartz makes its tables
        {
            await queue.ResumeAsync();
            await schedules.ResumeAsync();
            running = await schedulers.GetScheduler(cancellationToken);
        }

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
