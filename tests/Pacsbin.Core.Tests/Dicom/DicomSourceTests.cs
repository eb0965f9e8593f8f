using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public sealed class DicomSourceTests
{
    [Fact]
    public void Read_that_the_operating_system_refuses_is_an_error_of_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A file of Linux stands in for a share that is gone.");
        using var source = DicomSource.Open("/proc/self/mem"); // nothing is mapped at 0
        Assert.Equal(PacsbinError.FileIo, Assert.Throws<PacsbinException>(() => source.Read(0, new byte[10])).Error);
        Assert.Equal(PacsbinError.FileIo, Assert.Throws<PacsbinException>(() => source.ReadExactly(0, new byte[10])).Error);
    }
}
