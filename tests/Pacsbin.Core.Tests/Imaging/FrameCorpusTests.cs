using System.Diagnostics;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class FrameCorpusTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Files that other programs read and that nevertheless have no certain pixels.
    private static readonly Dictionary<string, PacsbinError> Refused = new()
    {
        ["a96cfd3c8d4c_rtdose_expb_1frame.dcm"] = PacsbinError.UnsupportedTransferSyntax, // big-endian cells of 32 bits as OW
        ["49464a3242f0_multiframe.dcm"] = PacsbinError.MalformedElement, // JPEG frames of 240 x 55 pixels, 240 Rows x 240 Columns
        ["d0a8cb30516c_genFile.dcm"] = PacsbinError.MalformedElement, // uncompressed pixels in a fragment, called JPEG
        ["fca09b87787b_example3.dcm"] = PacsbinError.MalformedElement, // a data set in a fragment, called JPEG
    };

    [Fact]
    public void Every_file_of_the_corpus_is_decoded_as_by_others_or_refused_by_name()
    {
        var decoded = new List<(CorpusFile File, DecodedFile Frames)>();
        foreach (var file in TestData.CorpusFiles())
        {
            var watch = Stopwatch.StartNew();
            try
            {
                if (DecodedFile.TryRead(file.Path) is { } frames)
                {
                    decoded.Add((file, frames));
                }
            }
            catch (PacsbinException e)
            {
                var isExpected = !file.IsUndisputed || HasNoCodec(file.TransferSyntaxUid) || (Refused.TryGetValue(file.Name, out var error) && error == e.Error);
                Assert.True(isExpected, $"{file.Name}: {e.Message}");
            }

            Assert.True(watch.Elapsed < Patience, $"{file.Name} took {watch.Elapsed.TotalSeconds} s.");
        }

        var compared = 0;
        foreach (var ((file, frames), other) in decoded.Zip(OtherDecoders.Decode([.. decoded.Select(d => d.File.Path)])))
        {
            // A wrong offset table makes others lose frames.
            if (other.Tolerance < 0 || (file.IsHostile && other.Samples.Length < frames.Samples.Length))
            {
                continue;
            }

            compared++;
            var difference = frames.Difference(other.Samples);
            Assert.True(difference <= other.Tolerance, $"{file.Name} differs by {difference} from {other.Program}.");
        }

        Assert.True(compared > 700, $"Only {compared} files were compared.");
    }

    [Theory]
    [InlineData("bbea7fa203eb_liver_nonbyte_aligned_rle.dcm")]
    [InlineData("986863c4472c_liver_nonbyte_aligned_deflate.dcm")]
    public void Frames_of_single_bits_are_equal_in_every_compression(string name)
    {
        var native = Assert.Single(TestData.CorpusFiles(), f => f.Name.EndsWith("_liver_nonbyte_aligned.dcm", StringComparison.Ordinal));
        var expected = DecodedFile.TryRead(native.Path)!;
        Assert.Contains((byte)1, expected.Samples);
        Assert.Equal(expected.Samples, DecodedFile.TryRead(TestData.RequireShared("corpus", "files", name))!.Samples);
    }

    private static bool HasNoCodec(string uid)
    {
        var syntax = TransferSyntax.FromUid(uid);
        return syntax.IsJpeg2000 || uid is "1.2.840.10008.1.2.4.80" or "1.2.840.10008.1.2.4.81" || (syntax.IsEncapsulated && !syntax.IsJpeg && !uid.StartsWith("1.2.840.10008.1.2.5", StringComparison.Ordinal));
    }
}
