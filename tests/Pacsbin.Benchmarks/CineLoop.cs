using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Benchmarks;

/// <summary>An ultrasound loop of 60 frames, 800 x 600 RGB, that looks enough like one to compress like one: a speckled fan, a caption, black around.</summary>
internal static class CineLoop
{
    public const int Frames = 60;
    public const int Columns = 800;
    public const int Rows = 600;

    /// <summary>Millions of pixels of the loop.</summary>
    public const double Megapixels = Frames * Columns * Rows / 1e6;

    /// <summary>Writes the loop without compression.</summary>
    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "loop.dcm");
        if (File.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(folder);
        var dataset = new DicomDataset();
        void Text(uint tag, Vr vr, string value) => dataset.Set(new DicomElement(new Tag(tag), vr, Encoding.ASCII.GetBytes(value)));
        void Number(Tag tag, int value) => dataset.Set(new DicomElement(tag, Vr.US, BitConverter.GetBytes((ushort)value)));
        Text(0x00080016, Vr.UI, "1.2.840.10008.5.1.4.1.1.3.1");
        Text(0x00080018, Vr.UI, "1.2.3.4.5.6");
        Text(0x00080060, Vr.CS, "US");
        Text(0x0020000D, Vr.UI, "1.2.3.4.5");
        Text(0x0020000E, Vr.UI, "1.2.3.4.5.1");
        Text(0x00280004, Vr.CS, "RGB");
        Text(0x00280008, Vr.IS, "60");
        Number(Tags.SamplesPerPixel, 3);
        Number(Tags.PlanarConfiguration, 0);
        Number(Tags.Rows, Rows);
        Number(Tags.Columns, Columns);
        Number(Tags.BitsAllocated, 8);
        Number(Tags.BitsStored, 8);
        Number(Tags.HighBit, 7);
        Number(Tags.PixelRepresentation, 0);
        dataset.Set(new DicomElement(Tags.PixelData, Vr.OB, Pixels()));
        using var stream = File.Create(path);
        DicomFile.Write(stream, dataset, new DicomSource(ReadOnlyMemory<byte>.Empty), TransferSyntax.ExplicitVrLittleEndian);
        return path;
    }

    private static byte[] Pixels()
    {
        var pixels = new byte[Frames * Rows * Columns * 3];
        var random = new Random(11);
        var speckle = new byte[1 << 16];
        random.NextBytes(speckle);
        for (var frame = 0; frame < Frames; frame++)
        {
            var shift = random.Next(speckle.Length);
            for (var y = 0; y < Rows; y++)
            {
                for (var x = 0; x < Columns; x++)
                {
                    var at = (((frame * Rows) + y) * Columns * 3) + (x * 3);
                    var (dx, dy) = (x - 400, y + 40);
                    var isFan = (dx * dx) + (dy * dy) < 620 * 620 && Math.Abs(dx) < dy * 0.8 && y > 70;
                    var value = isFan ? (int)(60 + (50 * Math.Sin((x + (frame * 3)) / 37.0) * Math.Cos(y / 29.0)) + (Speckle(speckle, shift, x, y) / 5.0)) : 4;
                    if (y is > 10 and < 40 && x is > 20 and < 400 && ((x / 3 * 7) + (y / 4 * 5)) % 11 < 4)
                    {
                        value = 230; // where a scanner writes
                    }

                    var hasFlow = isFan && Math.Abs(x - 420) < 60 && Math.Abs(y - 300) < 80;
                    pixels[at] = (byte)Math.Clamp(hasFlow ? value + 90 : value, 0, 255);
                    pixels[at + 1] = (byte)Math.Clamp(value, 0, 255);
                    pixels[at + 2] = (byte)Math.Clamp(hasFlow ? value - 40 : value, 0, 255);
                }
            }
        }

        return pixels;
    }

    /// <summary>Noise with the grain of an ultrasound image: a few pixels wide.</summary>
    private static int Speckle(byte[] noise, int shift, int x, int y)
    {
        int At(int column, int row) => noise[((row * 613) + (column * 7) + shift) & 0xFFFF];
        return (At(x / 2, y / 2) + At((x + 1) / 2, y / 2) + At(x / 2, (y + 1) / 2) + At((x + 1) / 2, (y + 1) / 2)) / 4;
    }
}
