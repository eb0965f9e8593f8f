namespace Pacsbin.Benchmarks;

/// <summary>What a run did to the managed heap.</summary>
/// <param name="PeakHeap">The most bytes that live and dead objects took at one time, as sampled.</param>
/// <param name="PeakCommitted">The most bytes that the collector had from the system, as sampled.</param>
/// <param name="After">Bytes in use when the run's result was gone.</param>
/// <param name="Allocated">Bytes allocated by all threads.</param>
internal sealed record Memory(long PeakHeap, long PeakCommitted, long After, long Allocated)
{
    private const int SampleMilliseconds = 2;

    public static Memory Of(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        long heap = 0, committed = 0;
        var isDone = false;
        var sampler = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                heap = Math.Max(heap, GC.GetTotalMemory(forceFullCollection: false));
                committed = Math.Max(committed, GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes);
                Thread.Sleep(SampleMilliseconds);
            }
        }) { IsBackground = true };
        var before = GC.GetTotalAllocatedBytes(precise: true);
        sampler.Start();
        action();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Volatile.Write(ref isDone, true);
        sampler.Join();
        return new Memory(heap, committed, GC.GetTotalMemory(forceFullCollection: true), allocated);
    }
}
