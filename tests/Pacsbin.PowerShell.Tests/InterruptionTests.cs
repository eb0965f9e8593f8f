using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class InterruptionTests : IDisposable
{
    const int Files = 1200;
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public InterruptionTests() => session = new ModuleSession(samples.Root);

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Fact]
    public async Task Stopped_run_leaves_no_half_study_and_the_next_one_finishes_it()
    {
        AddStudy();
        var stopping = await session.InvokeAndStop("Invoke-PacsbinAnonymize source -Destination out -ThrottleLimit 1", IsWriting());
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Empty(samples.Finished);
        string staging = Assert.Single(Directory.GetDirectories(samples.Destination));
        var before = Directory.GetFiles(staging, "*.dcm").ToDictionary(f => Path.GetFileName(f), File.GetLastWriteTimeUtc);
        Assert.InRange(before.Count, 1, Files - 1);

        var study = (DicomStudy)Assert.Single(session.Invoke("Invoke-PacsbinAnonymize source -Destination out")).BaseObject;
        Assert.Empty(session.Errors);
        Assert.Equal(Files, study.Outcome!.Written + study.Outcome.Skipped);
        Assert.InRange(study.Outcome.Skipped, before.Count - 1, before.Count); // the last may not have been whole
        Assert.Equal([study.Path], Directory.GetDirectories(samples.Destination));
        Assert.Equal(Files, samples.Written.Length);
        Assert.InRange(before.Count(f => File.GetLastWriteTimeUtc(Path.Combine(study.Path, f.Key)) == f.Value), before.Count - 1, before.Count);
    }

    [Fact]
    public async Task Study_appears_when_it_is_whole()
    {
        AddStudy();
        var run = Task.Run(() => session.Invoke("Invoke-PacsbinAnonymize source -Destination out"), TestContext.Current.CancellationToken);
        int looks = 0;
        while (!run.IsCompleted)
        {
            foreach (string folder in samples.Finished)
            {
                Assert.True(File.Exists(Path.Combine(folder, "study.json")));
                Assert.Equal(Files, Directory.GetFiles(folder, "*.dcm").Length);
            }

            looks++;
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await run;
        Assert.True(looks > 10);
        Assert.Single(samples.Finished);
    }

    [Fact]
    public async Task Staging_folder_below_the_source_is_no_source()
    {
        AddStudy();
        await session.InvokeAndStop("Invoke-PacsbinAnonymize source -Destination source -ThrottleLimit 1", IsWriting(samples.Source));
        var study = (DicomStudy)Assert.Single(session.Invoke("Get-DicomStudy source")).BaseObject;
        Assert.Equal((Files, StudyState.Source), (study.InstanceCount, study.State));
        var written = (DicomStudy)Assert.Single(session.Invoke("Invoke-PacsbinAnonymize source -Destination source")).BaseObject;
        Assert.Equal(Files, written.InstanceCount);
    }

    [Fact]
    public async Task Search_stops_within_a_second()
    {
        AddStudy();
        var started = new TaskCompletionSource();
        session.Set("started", started);
        // The script waits forever, so the search is over or at work when the stop comes.
        var stopping = await session.InvokeAndStop("$started.SetResult(); while ($true) { $null = Get-DicomStudy source -ThrottleLimit 1 }", started.Task);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Command_that_wants_no_more_stops_the_run()
    {
        for (int study = 1; study <= 400; study++) samples.Add($"{study}.dcm", study: $"1.2.{study}");
        // A loop that is left ends the pipeline before it, as Select-Object -First does.
        session.Invoke("foreach ($once in 1) { Invoke-PacsbinAnonymize source -Destination out -ThrottleLimit 1 | ForEach-Object { break } }; 'goes on'");
        Assert.Empty(session.Errors);
        Assert.All(samples.Finished, f => Assert.True(File.Exists(Path.Combine(f, "study.json"))));
        Assert.Equal(400, session.Invoke("Invoke-PacsbinAnonymize source -Destination out").Count);
        Assert.Equal(400, samples.Finished.Length);
    }

    void AddStudy()
    {
        for (int instance = 1; instance <= Files; instance++) samples.Add($"{instance}.dcm", instance: $"{instance}");
    }

    Task IsWriting(string? workspace = null) => Task.Run(async () =>
    {
        string folder = workspace ?? samples.Destination;
        while (!Directory.Exists(folder) || !Directory.EnumerateDirectories(folder, ".*.partial").Any(d => Directory.EnumerateFiles(d, "*.dcm").Skip(5).Any()))
            await Task.Delay(1, TestContext.Current.CancellationToken);
    });
}
