using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>What a file says of its pixels after a region was erased.</summary>
public sealed class RedactedAttributesTests
{
    private static readonly RedactionRegion Corner = new(0, 0, 8, 8);
    private static readonly TextImage Gray = new("MONOCHROME2", 1, 8, 8);

    [Fact]
    public void Values_that_tell_of_erased_pixels_are_removed_at_every_depth()
    {
        uint[] tags = [0x00280106, 0x00280107, 0x00280108, 0x00280109, 0x00280110, 0x00280111];
        var image = Gray with
        {
            Extra = b =>
            {
                foreach (var tag in tags)
                {
                    b.Numbers(tag, "US", 77);
                }

                b.Sequence(0x00603000, true, i => i.Numbers(0x00603002, "US", 1))
                    .Sequence(0x00880200, true, i => i.Numbers(0x00280010, "US", 4))
                    .Sequence(0x52009230, true, i => i.Sequence(0x00280107 + 0x8F00, true, n => n.Numbers(0x00280106, "US", 3).Sequence(0x00880200, true, _ => { })));
            },
        };
        using var file = DicomFile.Open(new DicomSource(Erased.Of(image.ToNative(), Corner)));
        AssertNone(file.Dataset, [.. tags.Select(t => new Tag(t)), Tags.IconImageSequence, Tags.HistogramSequence]);
        Assert.True(file.Dataset.Contains(new Tag(0x52009230)));
    }

    [Fact]
    public void The_code_of_clean_pixels_is_there_once_however_often_they_are_erased()
    {
        var bytes = Gray.ToNative();
        for (var time = 0; time < 3; time++)
        {
            bytes = Erased.Of(bytes, Corner with { Y = 8 * time });
            using var file = DicomFile.Open(new DicomSource(bytes));
            Assert.Equal("NO", file.Dataset.GetString(Tags.BurnedInAnnotation));
            Assert.True(file.Dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var codes));
            Assert.Equal("113101", Assert.Single(codes.Sequence!.Items).GetString(Tags.CodeValue));
        }
    }

    [Fact]
    public void Codes_of_the_profile_stay_beside_it()
    {
        using var file = DicomFile.Open(new DicomSource(Erased.AndDeidentified(Gray.ToNative(), Corner)));
        Assert.True(file.Dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var codes));
        var values = codes.Sequence!.Items.ConvertAll(i => i.GetString(Tags.CodeValue));
        Assert.Contains("113100", values);
        Assert.Single(values, "113101");
    }

    [Theory]
    [InlineData("+eb", "1.2.840.10008.1.2.4.50", "YBR_FULL_422")]
    [InlineData("+ep +s2", "1.2.840.10008.1.2.1", "YBR_FULL")]
    [InlineData("+e1", "1.2.840.10008.1.2.1", "RGB")]
    public void Decoded_pixels_are_described_as_they_are(string options, string syntax, string photometric)
    {
        var bytes = JpegRedactionTests.Compress(new TextImage("RGB", 3, 8, 8), options);
        using var file = DicomFile.Open(new DicomSource(Erased.Of(bytes, Corner)));
        Assert.Equal(syntax, file.TransferSyntax.Uid);
        Assert.Equal(photometric, file.Dataset.GetString(Tags.PhotometricInterpretation));
        Assert.Equal((8, 8, 7, 0), (file.Dataset.GetInt32(Tags.BitsAllocated), file.Dataset.GetInt32(Tags.BitsStored), file.Dataset.GetInt32(Tags.HighBit), file.Dataset.GetInt32(Tags.PlanarConfiguration)));
    }

    [Theory]
    [InlineData("+eb")]
    [InlineData("+ep")]
    [InlineData("+ee")]
    public void Facts_of_lossy_compression_stay(string options)
    {
        var bytes = JpegRedactionTests.Compress(new TextImage("MONOCHROME2", 1, 16, 12), options);
        Tag[] facts = [Tags.LossyImageCompression, new Tag(0x00282112), new Tag(0x00282114)];
        using var before = DicomFile.Open(new DicomSource(bytes));
        using var after = DicomFile.Open(new DicomSource(Erased.Of(bytes, Corner)));
        Assert.All(facts, fact => Assert.Equal(before.Dataset.GetString(fact), after.Dataset.GetString(fact)));
        Assert.Equal("01", after.Dataset.GetString(Tags.LossyImageCompression));
    }

    [Fact]
    public void Regions_that_reach_no_pixel_claim_nothing()
    {
        using var file = DicomFile.Open(new DicomSource(Gray.ToNative()));
        Assert.Empty(PixelRedactor.For(file, [new RedactionRegion(500, 500, 9, 9) { Clip = true }])!.Regions);
        Assert.Empty(PixelRedactor.For(file, [Corner with { FirstFrame = 7, LastFrame = 9, Clip = true }])!.Regions);
    }

    [Fact]
    public void Whoever_applies_such_regions_all_the_same_gets_the_pixels_as_they_are()
    {
        var beyond = new RedactionRegion(500, 500, 9, 9) { Clip = true };
        foreach (var bytes in new[] { Gray.ToNative(), JpegRedactionTests.Compress(Gray, "+eb"), JpegRedactionTests.Compress(Gray, "+ep") })
        {
            foreach (var result in new[] { Erased.Of(bytes, beyond), Erased.AndDeidentified(bytes, beyond) })
            {
                using var file = DicomFile.Open(new DicomSource(result));
                Assert.Null(file.Dataset.GetString(Tags.BurnedInAnnotation));
                var (before, after) = (Decoded.Of(bytes), Decoded.Of(file));
                Assert.Equal((before.TransferSyntax, before.Frames.Length), (after.TransferSyntax, after.Frames.Length));
                Assert.Equal(before.Frames, after.Frames);
            }
        }
    }

    [Fact]
    public void Erasing_makes_no_new_error_for_a_validator()
    {
        foreach (var name in new[] { "us", "ct", "sc" })
        {
            foreach (var bytes in Samples(name))
            {
                var (before, after) = (Errors(Copied(bytes)), Errors(Erased.Of(bytes, Corner)));
                Assert.Empty(after.Except(before));
            }
        }
    }

    /// <summary>Some files of the corpus of a modality that are compressed or not.</summary>
    private static IEnumerable<byte[]> Samples(string modality) => TestData.CorpusFiles()
        .Where(f => f.IsUndisputed && f.Modality.Equals(modality == "sc" ? "OT" : modality, StringComparison.OrdinalIgnoreCase))
        .Select(f => File.ReadAllBytes(f.Path)).Where(IsErasable).Take(8);

    /// <summary>The same file as the product writes it.</summary>
    private static byte[] Copied(byte[] bytes)
    {
        using var file = DicomFile.Open(new DicomSource(bytes));
        using var output = new MemoryStream();
        file.Save(output);
        return output.ToArray();
    }

    private static bool IsErasable(byte[] bytes)
    {
        try
        {
            using var file = DicomFile.Open(new DicomSource(bytes));
            return PixelRedactor.For(file, [Corner]) is not null;
        }
        catch (PacsbinException)
        {
            return false;
        }
    }

    private static string[] Errors(byte[] bytes)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            var said = Peer.Run("dciodvfy", [path]);
            return [.. (said.Output + said.Error).Split('\n').Where(l => l.StartsWith("Error", StringComparison.Ordinal)).Distinct()];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertNone(DicomDataset dataset, Tag[] tags)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            Assert.DoesNotContain(dataset[i].Tag, tags);
            dataset[i].Sequence?.Items.ForEach(item => AssertNone(item, tags));
        }
    }
}
