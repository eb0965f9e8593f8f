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

    /// <summary>Leaves nothing in the application data of whoever runs the tests.</summary>
    private void Forget()
    {
        using var key = RunKey.Acquire(Destination);
        key.Discard();
    }
}
