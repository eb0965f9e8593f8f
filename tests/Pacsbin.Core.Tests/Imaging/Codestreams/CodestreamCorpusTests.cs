using System.Text;
using System.Text.Json;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class CodestreamCorpusTests
{
    // Declared as JPEG Baseline, but the fragment holds zeros, and other attributes.
    private static readonly string[] Refused = ["d0a8cb30516c_genFile.dcm", "fca09b87787b_example3.dcm"];

    [Fact]
    public void Every_public_frame_is_cleaned_and_cleaning_again_removes_nothing()
    {
        var (frames, failures) = (0, new List<string>());
        foreach (var path in Files(damaged: false))
        {
            using var file = EncapsulatedFile.TryOpen(path);
            foreach (var frame in file?.Frames ?? [])
            {
                frames++;
                try
                {
                    var cleaned = file!.Clean(frame, out _);
                    var again = file.Clean(cleaned, out var removed);
                    if (!again.SequenceEqual(cleaned) || (removed && !file.IsDeflated))
                    {
                        failures.Add($"{Path.GetFileName(path)}: not the same again");
                    }
                }
                catch (PacsbinException e)
                {
                    failures.Add($"{Path.GetFileName(path)}: {e.Error} {e.Message}");
                }
            }
        }

        Assert.Equal(Refused, failures.Select(line => line.Split(':')[0]).Distinct());
        Assert.True(frames > 500, $"{frames} frames");
    }

    [Fact]
    public void Damaged_files_give_a_result_or_a_PacsbinException()
    {
        foreach (var path in Files(damaged: true))
        {
            using var file = EncapsulatedFile.TryOpen(path);
            foreach (var frame in file?.Frames ?? [])
            {
                try
                {
                    Assert.True(file!.Clean(frame, out _).Length <= frame.Length + 15);
                }
                catch (PacsbinException e)
                {
                    Assert.True(e.Error is PacsbinError.MalformedElement or PacsbinError.UnsupportedTransferSyntax);
                }
            }
        }
    }

    [Fact]
    public void Planted_tokens_are_gone()
    {
        using var hazards = JsonDocument.Parse(File.ReadAllText(TestData.RequireShared("corpus", "hazards.json")));
        var had = 0;
        foreach (var hazard in hazards.RootElement.EnumerateArray())
        {
            var token = Encoding.ASCII.GetBytes(hazard.GetProperty("token").GetString()!);
            using var file = EncapsulatedFile.TryOpen(TestData.RequireShared("corpus", "files", hazard.GetProperty("file").GetString()!));
            foreach (var frame in file?.Frames ?? [])
            {
                had += Contains(frame, token) ? 1 : 0;
                Assert.False(Contains(file!.Clean(frame, out var removed), token), hazard.GetProperty("file").GetString());
                Assert.True(removed || !Contains(frame, token));
            }
        }

        Assert.True(had >= 17, $"{had} frames had their token");
    }

    [Theory]
    [InlineData("gdcmconv", 120)]
    [InlineData("dcmdjpeg", 65)]
    [InlineData("dcmdjpls", 18)]
    [InlineData("opj_decompress", 33)]
    [InlineData("djpeg", 54)]
    public void Pixels_are_what_an_independent_decoder_saw_before(string program, int atLeast)
    {
        TestData.RequireShared("corpus", "files");
        Decoder.Require(program);
        var folder = Directory.CreateTempSubdirectory("codestreams").FullName;
        try
        {
            var (same, differing) = (0, new List<string>());
            foreach (var path in Files(damaged: false))
            {
                using var file = EncapsulatedFile.TryOpen(path);
                if (file is null || Refused.Contains(Path.GetFileName(path)) || Decode(program, file, file.Frames, folder) is not { } before)
                {
                    continue;
                }

                var cleaned = file.Frames.ConvertAll(frame => file.Clean(frame, out _));
                if (Decode(program, file, cleaned, folder) is { } after && after.SequenceEqual(before))
                {
                    same++;
                }
                else
                {
                    differing.Add(Path.GetFileName(path));
                }
            }

            Assert.Empty(differing);
            Assert.True(same >= atLeast, $"{same} files were compared");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[]? Decode(string program, EncapsulatedFile file, List<byte[]> frames, string folder)
    {
        var (input, output) = (Path.Combine(folder, "in.dcm"), Path.Combine(folder, "out.dcm"));
        if (program is "gdcmconv" or "dcmdjpeg" or "dcmdjpls")
        {
            file.SaveWith(frames, input);
            string[] arguments = program == "gdcmconv" ? ["--raw", input, output] : [input, output];
            return Decoder.Run(program, output, arguments) is null ? null : PixelsOf(output);
        }

        var isJpeg2000 = file.IsJpeg2000;
        if (isJpeg2000 != (program == "opj_decompress"))
        {
            return null;
        }

        var frame = frames[0];
        input = Path.Combine(folder, isJpeg2000 ? frame[0] == 0 ? "in.jp2" : "in.j2k" : "in.jpg");
        output = Path.Combine(folder, isJpeg2000 ? "out.rawl" : "out.pnm");
        File.WriteAllBytes(input, frame);
        return isJpeg2000 ? Decoder.Run(program, output, "-i", input, "-o", output) : Decoder.Run(program, output, "-outfile", output, input);
    }

    private static byte[]? PixelsOf(string path)
    {
        using var file = DicomFile.Open(path);
        if (file.TransferSyntax.IsEncapsulated || !file.Dataset.TryGet(Tags.PixelData, out var pixels))
        {
            return null;
        }

        if (pixels.Range is not { } range)
        {
            return pixels.Value.ToArray();
        }

        var bytes = new byte[range.Length];
        file.Source.ReadExactly(range.Offset, bytes);
        return bytes;
    }

    // The corpus names files that a fuzzer made "<hash>_TC<number>_...".
    private static IEnumerable<string> Files(bool damaged) =>
        Directory.EnumerateFiles(TestData.RequireShared("corpus", "files"))
            .Where(path => path.Contains("_TC", StringComparison.Ordinal) == damaged)
            .Order(StringComparer.Ordinal);

    private static bool Contains(ReadOnlySpan<byte> bytes, byte[] token) => bytes.IndexOf(token) >= 0;
}
