using System.Text;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class WellKnownUidsTests
{
    [Fact]
    public void Every_registered_uid_is_known() =>
        Assert.All(Csv.Read(TestData.RequireShared("standard", "uids.csv")).ToList(), row =>
        {
            var uid = row["uid"];
            var isSopClass = row["type"].StartsWith("SOPClass", StringComparison.Ordinal);
            Assert.True(WellKnownUids.Contains(uid));
            Assert.True(WellKnownUids.Contains(Encoding.ASCII.GetBytes(uid)));
            Assert.True(WellKnownUids.Contains(Encoding.ASCII.GetBytes(uid + '\0')));
            Assert.Equal(row["name"], WellKnownUids.NameOf(uid) ?? "");
            Assert.Equal(isSopClass, WellKnownUids.IsSopClass(uid));
            Assert.Equal(isSopClass, WellKnownUids.IsSopClass(Encoding.ASCII.GetBytes(uid)));
            Assert.Equal(row["type"] == "TransferSyntax", WellKnownUids.IsTransferSyntax(uid));
        });

    [Theory]
    [InlineData("")]
    [InlineData("1.2.840.10008.")]
    [InlineData("1.2.840.10008")]
    [InlineData("1.2.840.10008.1.")]
    [InlineData("1.2.840.10008.1.2.4.999")]
    [InlineData("1.2.840.10008.15.1.1\t\tUniversal Coordinated Time\n")]
    [InlineData("1.2.840.10008.1.1\tS")]
    [InlineData("1.2.840.10008.1.1\u0661")]
    [InlineData("2.25.1")]
    [InlineData("1.2.840.10008.1.2.840.10008.1.2.840.10008.1.2.840.10008.1.2.840.10008.1.2.840.10008")]
    public void Other_text_is_not_a_registered_uid(string text)
    {
        Assert.False(WellKnownUids.Contains(text));
        Assert.False(WellKnownUids.Contains(Encoding.UTF8.GetBytes(text)));
        Assert.False(WellKnownUids.IsSopClass(text));
        Assert.False(WellKnownUids.IsTransferSyntax(text));
        Assert.Null(WellKnownUids.NameOf(text));
    }

    [Theory]
    [InlineData("1.2.840.10008.1.1", true, false)]
    [InlineData("1.2.840.10008.1.2.1", false, true)]
    [InlineData("1.2.840.10008.5.1.4.1.1.2", true, false)]
    [InlineData("1.2.840.10008.1.4.1.1", false, false)]
    public void Uids_have_their_type(string uid, bool isSopClass, bool isTransferSyntax)
    {
        Assert.True(WellKnownUids.Contains(uid));
        Assert.Equal(isSopClass, WellKnownUids.IsSopClass(uid));
        Assert.Equal(isTransferSyntax, WellKnownUids.IsTransferSyntax(uid));
    }

    [Fact]
    public void Lookups_allocate_nothing()
    {
        var uid = "1.2.840.10008.5.1.4.1.1.2\0"u8;
        WellKnownUids.Contains(uid);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(WellKnownUids.Contains(uid) && WellKnownUids.IsSopClass(uid) && !WellKnownUids.Contains("2.25.1"u8));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
