using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Tests.Redaction;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Burning in what is burned in already: a call that is made again, after an interruption or by mistake, must not wear images out.</summary>
public class RepeatedRedactionTests
{
    private const int FilesPerSyntax = 6;
    private const long Largest = 2_000_000;

    [Fact]
    public void Erasing_the_same_again_gives_the_same_bytes_in_every_transfer_syntax()
    {
        var syntaxes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in TestData.CorpusFiles().Where(f => f.IsUndisputed && f.Length < Largest).GroupBy(f => f.TransferSyntaxUid))
        {
            foreach (var file in group.Take(FilesPerSyntax))
            {
                var bytes = File.ReadAllBytes(file.Path);
                if (!TryErase(bytes, out var once))
                {
                    continue;
                }

                Assert.True(TryErase(once, out var twice), file.Name);
                Assert.True(once.AsSpan().SequenceEqual(twice), $"{file.Name}, {file.TransferSyntaxUid}: {once.Length} bytes, then {twice.Length}.");
                syntaxes.Add(file.TransferSyntaxUid);
            }
        }

        Assert.Superset(new HashSet<string> { DicomBuilder.ExplicitLittle, DicomBuilder.ImplicitLittle, DicomBuilder.JpegBaseline, "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70" }, syntaxes);
    }

    private static bool TryErase(byte[] bytes, out byte[] erased)
    {
        try
        {
            using var file = DicomFile.Open(new DicomSource(bytes));
            if (file.Dataset.TryGet(Tags.PixelData, out var pixels) && !pixels.IsEmpty)
            {
                erased = Erased.Of(file, new RedactionRegion(0, 0, 9, 5) { Clip = true }, new RedactionRegion(-20, -20, 19, 15) { Clip = true, Shape = RegionShape.Ellipse });
                return true;
            }
        }
        catch (PacsbinException)
        {
            // Refused; other tests say which.
        }

        erased = [];
        return false;
    }
}
