using Pacsbin.Review;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>What readers of other makers find in stamped copies.</summary>
public class StampedFilePeersTests : ReviewingTests
{
    private const string Python = """
        import sys, pydicom
        for path in sys.argv[1:]:
            d = pydicom.dcmread(path)
            codes = [(i.CodeValue, i.CodingSchemeDesignator, i.CodeMeaning) for i in d.DeidentificationMethodCodeSequence]
            print(d.BurnedInAnnotation, codes.count(('113101', 'DCM', 'Clean Pixel Data Option')), codes[0][0], d.pixel_array.sum())
        """;

    private static readonly string[] Syntaxes = [DicomBuilder.ExplicitLittle, DicomBuilder.ImplicitLittle, DicomBuilder.ExplicitBig, DicomBuilder.Deflated, Rle];

    [Fact]
    public void Dcmdump_sees_the_annotation_and_the_code()
    {
        MakeApproved();
        foreach (var file in Current.Files)
        {
            var result = Peer.Run("dcmdump", ["-q", "-Un", "+P", "0028,0301", "+P", "0008,0100", Path.Join(Folder, file.Name)]);
            Assert.Equal(0, result.ExitCode);
            Assert.Contains("(0028,0301) CS [NO]", result.Output, StringComparison.Ordinal);
            Assert.Single(result.Output.Split('\n'), l => l.Contains("(0008,0100) SH [113101]", StringComparison.Ordinal));
            Assert.Single(result.Output.Split('\n'), l => l.Contains("(0008,0100) SH [113100]", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Pydicom_sees_the_annotation_the_code_and_the_same_pixels()
    {
        Peer.RequirePython("pydicom, numpy");
        MakeApproved();
        var result = Peer.Run(Peer.Python, ["-c", Python, .. Current.Files.Select(f => Path.Join(Folder, f.Name))]);
        Assert.Equal("", result.Error);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Current.Files.Count, lines.Length);
        Assert.All(lines, l => Assert.StartsWith("NO 1 113100 ", l, StringComparison.Ordinal));
    }

    private void MakeApproved()
    {
        Make([.. Syntaxes.Select((syntax, i) => Image(i + 1, i % 2 == 0 ? null : "YES ", syntax: syntax))]);
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
    }
}
