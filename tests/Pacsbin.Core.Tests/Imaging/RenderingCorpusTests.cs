using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class RenderingCorpusTests
{
    [Fact]
    public void Every_file_gives_pictures_or_an_error()
    {
        var files = TestData.CorpusFiles();
        var pictures = 0;
        foreach (var file in files)
        {
            try
            {
                using var dicom = DicomFile.Open(file.Path);
                if (FrameRenderer.Open(dicom) is { } renderer)
                {
                    var frame = renderer.Render(renderer.Frames - 1);
                    Assert.Equal(frame.Rows * frame.Columns * frame.BytesPerPixel, frame.Pixels.Length);
                    Assert.NotEmpty(frame.Encode(new PictureOptions { Format = PictureFormat.Jpeg, Width = 64 }));
                    renderer.RenderGray(0, new byte[renderer.Rows * renderer.Columns]);
                    pictures++;
                }
            }
            catch (PacsbinException)
            {
                // A named error is what is asked for.
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{file.Name}: {e.GetType().Name}");
            }
        }

        Assert.True(pictures > files.Count / 2, $"{pictures} of {files.Count}");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Damaged_attributes_give_pictures_or_an_error(int seed)
    {
        var random = new Random(seed);
        var image = new MadeImage(16, 16, 16, isSigned: true).Pixels([.. Enumerable.Range(0, 256).Select(i => (short)(i * 31))])
            .Text(0x00281050, "DS", "40").Text(0x00281051, "DS", "400").Text(0x00281052, "DS", "-1024").Text(0x00281053, "DS", "1").Text(0x00280030, "DS", "1\\2")
            .Numbers(0x00280120, "SS", -2000).Sequence(0x00283010, lut => lut.Numbers(0x00283002, "US", 4, 0, 16).Numbers(0x00283006, "US", 1, 2, 3, 4))
            .Sequence(0x52009230, frame => frame.Sequence(0x00289145, true, p => p.Element(0x00281053, "DS", "2 ")));
        var whole = image.ToBytes();
        var headerEnd = whole.Length - 600;
        int rendered = 0, refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(300, headerEnd)] = (byte)random.Next(256);
            }

            try
            {
                using var file = DicomFile.Open(new DicomSource(bytes));
                rendered += FrameRenderer.Open(file)?.Render(0).Pixels.Length > 0 ? 1 : 0;
            }
            catch (PacsbinException)
            {
                refused++;
            }
        }

        Assert.True(rendered > 500 && refused > 100, $"{rendered} rendered, {refused} refused");
    }
}
