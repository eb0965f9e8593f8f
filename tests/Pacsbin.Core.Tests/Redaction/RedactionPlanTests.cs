using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction;

public sealed class RedactionPlanTests
{
    private static readonly RedactionRegion Inside = new(0, 0, 2, 2) { Clip = true };
    private static readonly RedactionRegion Beyond = new(100, 0, 2, 2) { Clip = true };

    [Fact]
    public void Any_planned_region_that_erases_nothing_is_told()
    {
        Assert.False(IsIdle([Inside]));
        Assert.True(IsIdle([Beyond]));
        Assert.True(IsIdle([Inside, Beyond]));
        Assert.True(IsIdle([Inside, Inside with { FirstFrame = 2 }]));
        Assert.False(IsIdle([Inside, Beyond with { SopInstanceUid = "1.2.3.99" }]));
    }

    [Fact]
    public void Signature_is_for_a_family_so_that_one_region_that_erases_is_enough()
    {
        Assert.False(IsIdle([], "{true.}(0,0,2,2)(100,0,2,2)"));
        Assert.False(IsIdle([Inside], "{true.}(0,0,2,2)(100,0,2,2)"));
        Assert.True(IsIdle([Inside], "{true.}(90,0,2,2)(100,0,2,2)"));
        Assert.True(IsIdle([Inside, Beyond], "{true.}(0,0,2,2)"));
        Assert.False(IsIdle([Inside], "{true.}"));
    }

    private static bool IsIdle(RedactionRegion[] planned, string? script = null)
    {
        using var file = DicomFile.Open(new DicomSource(new NativeImage("MONOCHROME2", 1, 8, 8) { Vr = "OB" }.ToFile(1, out _)));
        return new RedactionPlan(planned, script is null ? null : DeviceLibrary.Parse(script)).For(file).IsIdle;
    }
}
