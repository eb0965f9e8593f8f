using Pacsbin.Imaging;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserTests
{
    private const string Gray = "MONOCHROME2";
    private const string Ybr = "YBR_FULL_422";

    private static readonly PixelArea[] Corner = [new(0, 0, 70, 20)];
    private static readonly PixelArea[] Inner = [new(33, 17, 41, 22)];
    private static readonly PixelArea[] Edges = [new(149, 0, 1, 101), new(0, 100, 150, 1)];
    private static readonly PixelArea[] Scattered = [new(5, 5, 1, 1), new(80, 40, 9, 30), new(120, 90, 30, 11)];

    public static TheoryData<string, string> Encodings()
    {
        var data = new TheoryData<string, string>();
        foreach (var sample in new[] { "1x1", "2x1", "2x2", "4x1", "1x2", "1x4", "4x2", "2x2,1x1,2x1", "1x1,2x2,2x2", "3x1", "3x2,1x2,3x1" })
        {
            foreach (var options in new[] { "", "-restart 1", "-restart 3B -optimize", "-optimize", "-quality 20 -optimize", "-quality 100" })
            {
                data.Add(sample, options);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Colour_of_every_sampling_keeps_all_coefficients_outside(string sample, string options)
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 3, letterHeight: 18), ["-sample", sample, .. Words(options)]);
        Assert.True(JpegEraser.CanErase(frame));
        foreach (var areas in new[] { Corner, Inner, Edges, Scattered, [] })
        {
            Erasing.AssertExact(frame, Ybr, 0, areas);
        }
    }

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
