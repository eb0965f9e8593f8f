using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class DicomFileTests : ReadingTests
{
    private static DicomBuilder Instance(Encoded form = Encoded.ExplicitLittle) => new DicomBuilder(form)
        .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Element(0x00080018, "UI", "2.25.12\0").Element(0x00100020, "LO", "ID");

    [Fact]
    public void PS3_10_7_1_a_copy_has_a_preamble_of_zeros_and_a_right_group_length()
    {
        var original = Instance().ToFile();
        original.AsSpan(0, 128).Fill(0x41);
        using var file = Open(original);
        var copy = Saved(file);

        Assert.Equal(new byte[128], copy[..128]);
        Assert.Equal("DICM"u8, copy.AsSpan(128, 4));
        Assert.Equal("\u0002\0\0\0UL\u0004\0"u8, copy.AsSpan(132, 8));
        var metaEnd = 144 + BitConverter.ToInt32(copy, 140);
        Assert.Equal(Instance().ToBytes(), copy[metaEnd..]);
        using var again = Open(copy);
        Assert.Equal("1.2.840.10008.5.1.4.1.1.7"u8, again.FileMeta.GetBytes(Tags.MediaStorageSopClassUid));
        Assert.Equal("2.25.12"u8, again.FileMeta.GetBytes(Tags.MediaStorageSopInstanceUid));
        Assert.Equal(DicomBuilder.ExplicitLittle, again.FileMeta.GetString(Tags.TransferSyntaxUid));
        Assert.Equal(7, again.FileMeta.Count);
    }

    [Fact]
    public void PS3_10_7_1_group_length_is_right_with_a_uid_of_any_length()
    {
        using var file = Open(new DicomBuilder(Encoded.ImplicitLittle).Element(0x00080016, "UI", "1.2\0").Element(0x00080018, "UI", new string('1', 65536)));
        var copy = Saved(file);
        Assert.Equal("\b\0\u0016\0"u8, copy.AsSpan(144 + BitConverter.ToInt32(copy, 140), 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void PS3_5_A_5_deflate_streams_are_padded_to_even_length(int extra)
    {
        // Somewhere between these texts the stream's length goes from even to odd.
        for (var length = 0; length < 40; length += 2)
        {
            var dataset = Instance().Element(0x00104000, "LT", new string([.. Enumerable.Range(0, length).Select(i => (char)(33 + (i * (7 + extra) % 90)))]));
            using var file = Open(dataset, DicomBuilder.Deflated);
            var copy = Saved(file);
            Assert.Equal(0, copy.Length % 2);
            using var again = Open(copy);
            Assert.Equal(DicomBuilder.Deflated, again.TransferSyntax.Uid);
            Assert.Null(new DatasetComparison(file.Source, again.Source).Difference(file.Dataset, again.Dataset));
        }
    }

    [Fact]
    public void File_meta_of_a_deflated_file_stays_readable()
    {
        using var file = Open(Instance(), DicomBuilder.Deflated);
        using var first = Open(Instance(Encoded.ImplicitLittle));
        using var second = Open(Instance(Encoded.ExplicitBig));
        Assert.Equal(DicomBuilder.Deflated, file.FileMeta.GetString(Tags.TransferSyntaxUid));
    }

    [Fact]
    public void PS3_5_A_5_a_zlib_stream_is_read_too()
    {
        using var compressed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(Instance().ToBytes());
        }

        using var file = Open(DicomBuilder.Part10(DicomBuilder.Deflated, compressed.ToArray()));
        Assert.Equal(3, file.Dataset.Count);
    }

    [Fact]
    public void PS3_5_A_5_a_cut_deflate_stream_is_truncation()
    {
        var stream = DicomBuilder.Deflate(Instance().Element(0x00104000, "LT", new string('x', 1000)).ToBytes());
        Assert.All(Enumerable.Range(1, stream.Length - 1), length =>
            Assert.Equal(PacsbinError.Truncated, ErrorOf(DicomBuilder.Part10(DicomBuilder.Deflated, stream[..length]))));
    }

    [Fact]
    public void Deflated_data_sets_have_a_bound()
    {
        using var compressed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            deflate.Write(new DicomBuilder().Header(0x7FE00010, "OW", DicomFile.InflatedLimit).ToBytes());
            for (var i = 0; i < DicomFile.InflatedLimit; i += zeros.Length)
            {
                deflate.Write(zeros);
            }
        }

        var bytes = DicomBuilder.Part10(DicomBuilder.Deflated, compressed.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(PacsbinError.LimitExceeded, ErrorOf(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public void Bytes_that_do_not_inflate_are_malformed() =>
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(DicomBuilder.Part10(DicomBuilder.Deflated, Instance().ToBytes())));

    [Fact]
    public void Stop_after_leaves_out_what_follows()
    {
        var bytes = Instance().Element(0x00104000, "LT", "notes.").Header(0x7FE00010, "OW", 1000).ToFile();
        using var file = Open(bytes, stopAfter: Tags.PatientId);
        Assert.Equal(3, file.Dataset.Count);
        Assert.Equal(PacsbinError.Truncated, ErrorOf(bytes));
    }

    [Theory]
    [InlineData(Encoded.ExplicitLittle)]
    [InlineData(Encoded.ImplicitLittle)]
    [InlineData(Encoded.ExplicitBig)]
    public void Files_without_meta_group_are_guessed_with_findings(object form)
    {
        using var file = Open(Instance((Encoded)form).ToBytes());
        Assert.Equal(DicomBuilder.UidOf((Encoded)form), file.TransferSyntax.Uid);
        Assert.Equal([FindingKind.FileMetaMissing, FindingKind.TransferSyntaxGuessed], file.Findings.Select(f => f.Kind));
        Assert.Equal("ID"u8, file.Dataset.GetBytes(Tags.PatientId));
        using var copy = Open(Saved(file));
        Assert.Equal(file.TransferSyntax, copy.TransferSyntax);
        Assert.Empty(copy.Findings);
    }

    [Fact]
    public void A_wrong_transfer_syntax_is_corrected_with_a_finding()
    {
        foreach (var (declared, actual) in from declared in Enum.GetValues<Encoded>() from actual in Enum.GetValues<Encoded>() select (declared, actual))
        {
            using var file = Open(Instance(actual), DicomBuilder.UidOf(declared));
            Assert.Equal(DicomBuilder.UidOf(actual), file.TransferSyntax.Uid);
            Assert.Equal(declared != actual, Has(file, FindingKind.TransferSyntaxGuessed));
            Assert.Equal("ID"u8, file.Dataset.GetBytes(Tags.PatientId));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not DICOM at all, but long enough to look for a header in it")]
    [InlineData("<!DOCTYPE html><html><body>02</body></html>")]
    public void Other_files_are_not_dicom(string text) => Assert.Equal(PacsbinError.NotDicom, ErrorOf(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Missing_files_and_folders_are_pacsbin_errors()
    {
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => DicomFile.Open(Path.Combine(AppContext.BaseDirectory, "no such file"))).Error);
        Assert.Equal(PacsbinError.FileAccessDenied, Assert.Throws<PacsbinException>(() => DicomFile.Open(AppContext.BaseDirectory)).Error);
    }

    [Fact]
    public void Opening_a_file_reads_little_of_large_values()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var stream = File.Create(path))
            {
                stream.Write(Instance().Header(0x7FE00010, "OW", 1u << 30).ToFile());
                stream.SetLength(stream.Length + (1L << 30)); // sparse: no disk is used
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            using var file = DicomFile.Open(path);
            Assert.Equal(1L << 30, Element(file.Dataset, 0x7FE00010).Range!.Length);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
