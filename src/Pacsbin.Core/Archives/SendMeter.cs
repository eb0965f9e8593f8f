using System.Diagnostics;

namespace Pacsbin.Archives;

/// <summary>Counts what goes out, for several threads; what has to go again is taken back.</summary>
/// <param name="totalInstances">Instances of all studies.</param>
/// <param name="totalBytes">Their bytes.</param>
/// <param name="progress">Told of each change.</param>
internal sealed class SendMeter(int totalInstances, long totalBytes, IProgress<SendProgress>? progress)
{
    private readonly long started = Stopwatch.GetTimestamp();
    private long bytes;
    private int instances;

    /// <summary>Bytes have gone out, or, if negative, have to go again.</summary>
    public void AddBytes(long count)
    {
        Interlocked.Add(ref bytes, count);
        Report();
    }

    /// <summary>Instances are there, or were all along.</summary>
    public void AddInstances(int count)
    {
        Interlocked.Add(ref instances, count);
        Report();
    }

    private void Report() =>
        progress?.Report(new SendProgress(Volatile.Read(ref instances), totalInstances, Interlocked.Read(ref bytes), totalBytes, Stopwatch.GetElapsedTime(started)));
}
