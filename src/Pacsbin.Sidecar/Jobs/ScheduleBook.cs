using System.Globalization;
using System.Text.RegularExpressions;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Keeps schedules, and asks for a job when the time of one has come.</summary>
internal sealed partial class ScheduleBook(ScheduleDatabase database, JobQueue queue, DeidentifyWork work, ISchedulerFactory schedulers, TimeProvider time)
{
    private const int MostSchedules = 100;
    private const int CrontabFields = 5;

    /// <summary>The largest second, minute, hour, day, month, day of week and year.</summary>
    private static readonly int[] Largest = [59, 59, 23, 31, 12, 7, 2199];

    /// <exception cref="RequestRefusedException">It is not clear what to do, or when.</exception>
    /// <exception cref="PacsbinException">DestinationExists if there is one of its name; what the request to de-identify throws.</exception>
    public async Task<Schedule> AddAsync(NewSchedule body)
    {
        if (!Name().IsMatch(body.Name) || CronOf(body.Cron) is not { } cron)
        {
            throw RequestRefusedException.BadRequest("A name has up to 64 letters, digits, hyphens, underscores and periods; a time is five fields of crontab or six or seven of Quartz.");
        }

        if (body.Deidentify is not { Project: not null, Key: null, Upload: null })
        {
            throw RequestRefusedException.BadRequest("A schedule needs a project, and has no key and no upload.");
        }

        work.Require(body.Deidentify);
        var all = database.List();
        if (all.Count >= MostSchedules)
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, "There are too many schedules.");
        }

        var schedule = new ScheduleRecord(body.Name, body.Cron, time.GetUtcNow(), body.Deidentify);
        if (!database.Add(schedule))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "There is a schedule of this name.");
        }

        await ScheduleAsync(schedule.Name, cron);
        return await DescribeAsync(schedule);
    }

    public async Task<IReadOnlyList<Schedule>> ListAsync()
    {
        var all = new List<Schedule>();
        foreach (var schedule in database.List())
        {
            all.Add(await DescribeAsync(schedule));
        }

        return all;
    }

    /// <summary>The schedule of a name; null if there is none.</summary>
    public async Task<Schedule?> FindAsync(string name) => database.List().FirstOrDefault(s => s.Name == name) is { } known ? await DescribeAsync(known) : null;

    /// <summary>Forgets a schedule; false if there is none. A job that it has asked for goes on.</summary>
    public async Task<bool> DeleteAsync(string name)
    {
        var isDeleted = database.Delete(name);
        await (await schedulers.GetScheduler()).DeleteJob(KeyOf(name));
        return isDeleted;
    }

    /// <summary>Asks for a job, unless the last one has not ended.</summary>
    public async Task FireAsync(string name)
    {
        if (database.List().FirstOrDefault(s => s.Name == name) is { } schedule && queue.List(1, name) is not [{ HasEnded: false }])
        {
            await queue.AddAsync(new JobRequest { Deidentify = schedule.Deidentify }, schedule: name);
        }
    }

    /// <summary>Gives Quartz what it does not have, because the process ended in between, or its file is gone.</summary>
    public async Task ResumeAsync()
    {
        var scheduler = await schedulers.GetScheduler();
        foreach (var schedule in database.List())
        {
            if (!await scheduler.Exists(KeyOf(schedule.Name)) && CronOf(schedule.Cron) is { } cron)
            {
                await ScheduleAsync(schedule.Name, cron);
            }
        }
    }

    private static CronExpression? CronOf(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isCrontab = fields.Length == CrontabFields;
        var largest = isCrontab ? Largest.AsSpan(1, CrontabFields) : Largest;
        if (fields.Length > largest.Length)
        {
            return null;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            foreach (var number in Number().EnumerateMatches(fields[i]))
            {
                if (number.Length > 4 || int.Parse(fields[i].AsSpan(number.Index, number.Length), CultureInfo.InvariantCulture) > largest[i])
                {
                    return null; // Quartz takes minute 99 for minute 0
                }
            }
        }

        return CronExpression.TryParse(text, isCrontab ? CronFormat.Unix : CronFormat.Quartz, out var cron) ? cron : null;
    }

    private static JobKey KeyOf(string name) => new(name, ScheduledJob.Group);

    private async Task ScheduleAsync(string name, CronExpression cron)
    {
        var trigger = TriggerBuilder.Create().WithIdentity(name, ScheduledJob.Group).WithSchedule(CronScheduleBuilder.Create(cron)).Build();
        await (await schedulers.GetScheduler()).ScheduleJob(JobBuilder.Create<ScheduledJob>().WithIdentity(KeyOf(name)).Build(), trigger);
    }

    private async Task<Schedule> DescribeAsync(ScheduleRecord schedule)
    {
        var trigger = await (await schedulers.GetScheduler()).GetTrigger(new TriggerKey(schedule.Name, ScheduledJob.Group));
        var last = queue.List(1, schedule.Name) is [var job] ? queue.Find(job.Id) : null;
        return new Schedule(schedule.Name, schedule.Cron, schedule.Created, trigger?.NextFireTimeUtc, last is null ? null : ScheduleRun.Of(last), schedule.Deidentify);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,64}\z")]
    private static partial Regex Name();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}

/// <summary>What Quartz starts when the time of a schedule has come, also once for all times at which no sidecar ran.</summary>
internal sealed class ScheduledJob(ScheduleBook book) : IJob
{
    public const string Group = "schedules";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await book.FireAsync(context.JobDetail.Key.Name);
}
