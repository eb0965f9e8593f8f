using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Pacsbin.Tests.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

[Collection(nameof(AloneInTheProcess))]
public class RunMemoryTests : RunningTests
{
    private const long MostAllocatedPerFile = 48 * 1024;

    [Fact]
    public void Memory_per_file_is_small_and_does_not_grow_with_their_number()
    {
        Source.WithStudy(1, 50);
        Measure("warm");
        var few = Measure("few") / 50;
        Source.WithStudy(2, 1000).WithStudy(3, 950);
        var many = Measure("many") / 2000;
        Assert.InRange(many, 0, MostAllocatedPerFile);
        Assert.InRange(many, 0, few * 3 / 2);
    }

    /// <summary>The bytes that a run allocates, the scan included.</summary>
    private long Measure(string destination)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Temporary[destination], Key);
        run.Run(new StudyScanner().Scan([Source.Path], cancellationToken: TestContext.Current.CancellationToken).Studies, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
