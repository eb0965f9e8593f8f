namespace Pacsbin.Sidecar.Resources;

/// <summary>Studies that are to be de-identified again and again: what is new below paths, or in an archive. They wait for review then.</summary>
/// <param name="Name">Up to 64 letters, digits, hyphens, underscores and periods.</param>
/// <param name="Cron">When, in local time: the five fields of crontab, or Quartz's six or seven, which begin with seconds.</param>
/// <param name="Deidentify">What is done. It needs a project, or each time would write the same studies again under new UIDs; it has no key and no upload.</param>
public sealed record NewSchedule(string Name, string Cron, StudiesToDeidentify Deidentify);

/// <summary>Work that is done again and again.</summary>
/// <param name="Name">Names it.</param>
/// <param name="Cron">When, in local time.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Next">The next time; null for never.</param>
/// <param name="Last">The last job; null for none.</param>
/// <param name="Deidentify">What is done.</param>
public sealed record Schedule(string Name, string Cron, DateTimeOffset Created, DateTimeOffset? Next, ScheduleRun? Last, StudiesToDeidentify Deidentify)
{
    /// <summary>The name only.</summary>
    public override string ToString() => Name;
}

/// <summary>A job that a schedule has asked for.</summary>
/// <param name="Job">Its id.</param>
/// <param name="State">Where it is.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Ended">When it ended; null if it has not.</param>
/// <param name="Written">Files that it has written; null if it has not ended.</param>
/// <param name="Rejected">Files and studies that gave nothing.</param>
/// <param name="Error">What ended it; null for nothing.</param>
public sealed record ScheduleRun(string Job, JobState State, DateTimeOffset Created, DateTimeOffset? Ended, int? Written, int Rejected, string? Error)
{
    internal static ScheduleRun Of(Job job) => new(job.Id, job.State, job.Created, job.Ended, job.Result?.Deidentified?.Sum(s => s.Written), job.RejectedCount, job.Problem?.Title);
}

/// <summary>All schedules.</summary>
/// <param name="Schedules">In the order of their names.</param>
public sealed record ScheduleList(IReadOnlyList<Schedule> Schedules);
