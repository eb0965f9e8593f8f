using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Memory is bounded by a frame and a small store, whatever the number of frames.</summary>
public sealed class RedactionMemoryTests(ITestOutputHelper output)
{
    private const int Frames = 200;
    private const int MegaByte = 1024 * 1024;

    [Fact]
    public void Native_frames_are_erased_while_they_are_copied()
    {
        var image = new TextImage("RGB", 3, 8, 8) { Rows = 1000, Columns = 1000, Frames = Frames };
        var header = image.ToNative([]);
        InFile(path =>
        {
            using (var file = File.Create(path))
            {
                // The element's length, then pixels that no disk has to hold.
                file.Write(header);
                file.Position -= 4;
                file.Write(BitConverter.GetBytes(Frames * 3_000_000));
                file.SetLength(header.Length + (Frames * 3_000_000L));
            }

            AssertAllocates(path, Frames * 3_000_000L, 4L * MegaByte);
        });
    }

    [Theory]
    [InlineData("+eb", 32)]
    [InlineData("+ep", 8)]
    public void Compressed_frames_are_held_one_by_one(string options, int mostMegaBytes)
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { Rows = 1000, Columns = 1000, Frames = 1 };
        var compressed = JpegRedactionTests.Compress(image, options);
        var frame = JpegRedactionTests.FramesOf(compressed)[0];
        using var opened = DicomFile.Open(new DicomSource(compressed));
        var many = options == "+eb" ? Frames : Frames / 10;
        var bytes = (image with { Frames = many }).ToEncapsulated(opened.TransferSyntax.Uid, [.. Enumerable.Repeat(frame, many)], Wrapping.BasicOffsets);
        InFile(path =>
        {
            File.WriteAllBytes(path, bytes);
            AssertAllocates(path, options == "+eb" ? bytes.Length / 2 : many * 1_000_000L, (long)mostMegaBytes * MegaByte);
        });
    }

    private void AssertAllocates(string path, long leastWritten, long most)
    {
        using var counter = new CountingStream();
        var before = GC.GetAllocatedBytesForCurrentThread();
        using (var file = DicomFile.Open(path))
        {
            var redactor = PixelRedactor.For(file, [new RedactionRegion(0, 0, 900, 100), new RedactionRegion(-50, -50, 50, 50) { FirstFrame = 2 }])!;
            redactor.Apply(file.Dataset);
            DicomFile.Write(counter, file.Dataset, file.Source, redactor.TransferSyntax);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{allocated:N0} bytes allocated for {new FileInfo(path).Length:N0} read and {counter.Written:N0} written.");
        Assert.True(counter.Written >= leastWritten);
        Assert.InRange(allocated, 0, most);
    }

    private static void InFile(Action<string> use)
    {
        var path = Path.GetTempFileName();
        try
        {
            use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class CountingStream : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Written += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Written += buffer.Length;
    }
}
