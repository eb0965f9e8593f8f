using System.Diagnostics;

namespace Pacsbin.Archives.Media;

/// <summary>Counts what is copied, and tells it at every file and every few megabytes.</summary>
/// <param name="progress">Told, one call at a time.</param>
/// <param name="totalInstances">Instances of all studies.</param>
/// <param name="totalBytes">Bytes of all studies.</param>
internal sealed class CopyMeter(IProgress<SendProgress>? progress, int totalInstances, long totalBytes)
{
    private const int Interval = 4 * 1024 * 1024;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private int instances;
    private long bytes;
    private long skipped;
    private long told;

    public void AddBytes(int count)
    {
        lock (gate)
        {
            bytes += count;
            if (bytes - told >= Interval)
            {
                Report();
            }
        }
    }

    /// <summary>Counts an instance that is there.</summary>
    /// <param name="skippedBytes">Its bytes if it was there before, which need not go out.</param>
    public void AddInstance(long skippedBytes)
    {
        lock (gate)
        {
            instances++;
            skipped += skippedBytes;
            Report();
        }
    }

    /// <summary>Begins anew, because a study turned out to be none that may go.</summary>
    public void Restart()
    {
        lock (gate)
        {
            (instances, bytes, skipped, told) = (0, 0, 0, 0);
        }
    }

    private void Report()
    {
        told = bytes;
        progress?.Report(new SendProgress(instances, totalInstances, bytes, totalBytes - skipped, clock.Elapsed));
    }
}
