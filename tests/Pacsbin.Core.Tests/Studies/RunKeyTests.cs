using System.Collections.Concurrent;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public sealed class RunKeyTests : IDisposable
{
    private readonly StudyFolder folder = new();

    private string Destination => folder["workspace"];

    public void Dispose()
    {
        Forget();
        folder.Dispose();
    }

    [Fact]
    public void Two_runs_at_once_have_a_key_each()
    {
        using var first = RunKey.Acquire(Destination);
        using var second = RunKey.Acquire(Destination);
        Assert.NotEqual(first.Key, second.Key);
        Assert.NotEqual(first.FilePath, second.FilePath);
        first.Discard();
        Assert.Equal(second.Key.Length, new FileInfo(second.FilePath!).Length);
        second.Discard();
        Assert.False(File.Exists(first.FilePath) || File.Exists(second.FilePath));
    }

    [Fact]
    public async Task Runs_that_begin_and_end_at_the_same_moment_never_share_a_key()
    {
        const int Runs = 8;
        using var barrier = new Barrier(Runs);
        var keys = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < 50; round++)
                {
                    barrier.SignalAndWait(TestContext.Current.CancellationToken);
                    using var key = RunKey.Acquire(Destination);
                    keys.Add(Convert.ToHexString(key.Key));
                    key.Discard();
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(Runs * 50, keys.Count);
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_key_of_an_interrupted_run_is_found_by_the_rerun(bool isFirst)
    {
        byte[] kept;
        string? path;
        using (var first = RunKey.Acquire(Destination))
        using (var second = RunKey.Acquire(Destination))
        {
            var (interrupted, ended) = isFirst ? (first, second) : (second, first);
            (kept, path) = ([.. interrupted.Key], interrupted.FilePath);
            ended.Discard();
        }

        using var rerun = RunKey.Acquire(Destination + Path.DirectorySeparatorChar);
        Assert.Equal((path, Convert.ToHexString(kept)), (rerun.FilePath, Convert.ToHexString(rerun.Key)));
    }

    [Fact]
    public void A_key_that_others_can_read_is_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps others out of the folder.");
            return;
        }

        var (kept, path) = Interrupted();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        using var rerun = RunKey.Acquire(Destination);
        Assert.NotEqual(kept, rerun.Key);
        Assert.Equal(path, rerun.FilePath);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(-8, false)]
    [InlineData(-6, true)]
    [InlineData(8, false)]
    public void A_key_is_reused_for_a_week(int days, bool isReused)
    {
        var (kept, path) = Interrupted();
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(days));
        using var rerun = RunKey.Acquire(Destination);
        Assert.Equal(isReused, kept.AsSpan().SequenceEqual(rerun.Key));
        Assert.Equal(path, rerun.FilePath);
    }

    [Fact]
    public void A_key_that_no_rerun_came_for_is_gone_after_a_week()
    {
        var (_, path) = Interrupted();
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-8));
        using var other = RunKey.Acquire(folder["another"]);
        Assert.False(File.Exists(path));
        other.Discard();
    }

    [Fact]
    public void A_link_in_the_place_of_a_key_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        var (kept, path) = Interrupted();
        File.Move(path, folder["elsewhere"]);
        File.CreateSymbolicLink(path, folder["elsewhere"]);
        try
        {
            using var rerun = RunKey.Acquire(Destination);
            Assert.NotEqual(kept, rerun.Key);
            Assert.NotEqual(path, rerun.FilePath);
            rerun.Discard();
            Assert.Equal(kept, File.ReadAllBytes(folder["elsewhere"]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private (byte[] Key, string Path) Interrupted()
    {
        using var run = RunKey.Acquire(Destination);
        return ([.. run.Key], run.FilePath!);
    }

    /// <summary>Leaves nothing in the application data of whoever runs the tests.</summary>
    private void Forget()
    {
        using var key = RunKey.Acquire(Destination);
        key.Discard();
    }
}
