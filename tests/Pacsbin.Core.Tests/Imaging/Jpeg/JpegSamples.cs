using System.Globalization;
using System.Text;
using Xunit;

namespace Pacsbin.Tests.Imaging.Jpeg;

/// <summary>JPEG frames that other programs encode.</summary>
internal static class JpegSamples
{
    /// <summary>A color image encoded by libjpeg-turbo's cjpeg without color conversion; <paramref name="decoded"/> is what its djpeg makes of it.</summary>
    public static byte[] Encode(int rows, int columns, out byte[] decoded, params string[] options)
    {
        Codestreams.Decoder.Require("cjpeg", "djpeg");
        var folder = Directory.CreateTempSubdirectory("pacsbin-jpeg-").FullName;
        try
        {
            var picture = Path.Combine(folder, "a.ppm");
            var header = string.Create(CultureInfo.InvariantCulture, $"P6\n{columns} {rows}\n255\n");
            File.WriteAllBytes(picture, [.. Encoding.ASCII.GetBytes(header), .. new ImageFile(rows, columns) { Samples = 3 }.Wavy()]);
            var frame = Codestreams.Decoder.Run("cjpeg", picture + ".jpg", ["-rgb", "-quality", "85", .. options, "-outfile", picture + ".jpg", picture]);
            var pnm = Codestreams.Decoder.Run("djpeg", picture + ".ppm", "-dct", "int", "-nosmooth", "-pnm", "-outfile", picture + ".ppm", picture + ".jpg");
            Assert.NotNull(frame);
            Assert.NotNull(pnm);
            decoded = pnm[header.Length..];
            return frame;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A file converted by a program that takes options, an input and an output; null if it refuses.</summary>
    public static byte[]? Convert(byte[] file, string program, params string[] options)
    {
        Codestreams.Decoder.Require(program);
        var folder = Directory.CreateTempSubdirectory("pacsbin-jpeg-").FullName;
        try
        {
            var from = Path.Combine(folder, "from.dcm");
            var to = Path.Combine(folder, "to.dcm");
            File.WriteAllBytes(from, file);
            return Codestreams.Decoder.Run(program, to, [.. options, from, to]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
