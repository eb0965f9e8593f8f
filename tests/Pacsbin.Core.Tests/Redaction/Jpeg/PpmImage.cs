using System.Text;

namespace Pacsbin.Tests.Redaction.Jpeg;

/// <summary>An 8 bit picture as PGM or PPM, which the programs of libjpeg read and write.</summary>
internal sealed record PpmImage(int Width, int Height, int Samples, byte[] Pixels)
{
    private static readonly string[] Letters =
    [
        "01110100011000111111100011000110001", "11110100011111010001100011000111110", "01111100001000010000100001000001111",
        "11110100011000110001100011000111110", "11111100001111010000100001000011111", "10001110011010110011100011000110001",
    ];

    public byte[] At(int x, int y) => Pixels[(((y * Width) + x) * Samples)..(((y * Width) + x + 1) * Samples)];

    /// <summary>Something like a photograph: soft shapes, edges, noise, and a line of letters at the top.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="samples">1 or 3.</param>
    /// <param name="letterHeight">Pixels that the letters are high; 0 for none.</param>
    /// <param name="noise">How far samples are off.</param>
    public static PpmImage Photo(int width, int height, int samples, int letterHeight = 0, int noise = 12)
    {
        var random = new Random(20261122);
        var pixels = new byte[width * height * samples];
        var i = 0;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var isLetter = IsLetter(x, y, letterHeight);
                for (var s = 0; s < samples; s++)
                {
                    var soft = 110 + (60 * Math.Sin((x + (40 * s)) / 37.0)) + (40 * Math.Cos((y - (25 * s)) / 23.0));
                    var edge = ((x / 48) + (y / 40)) % 2 == 0 ? 30 : -20;
                    pixels[i++] = isLetter ? (byte)255 : (byte)Math.Clamp(soft + edge + random.Next(-noise, noise + 1), 0, 255);
                }
            }
        }

        return new PpmImage(width, height, samples, pixels);
    }

    public static PpmImage Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var (fields, at) = (new List<string>(), 0);
        while (fields.Count < 4)
        {
            var end = Array.FindIndex(bytes, at, b => b is (byte)' ' or (byte)'\n');
            fields.Add(Encoding.ASCII.GetString(bytes[at..end]));
            at = end + 1;
        }

        return new PpmImage(int.Parse(fields[1]), int.Parse(fields[2]), fields[0] == "P5" ? 1 : 3, bytes[at..]);
    }

    public void Write(string path) =>
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"P{(Samples == 1 ? 5 : 6)}\n{Width} {Height}\n255\n"), .. Pixels]);

    // Letters of 5 x 7 cells, one cell apart.
    private static bool IsLetter(int x, int y, int letterHeight)
    {
        if (y >= letterHeight)
        {
            return false;
        }

        var (row, cell) = (y * 7 / letterHeight, x * 7 / letterHeight);
        return cell % 6 < 5 && Letters[cell / 6 % Letters.Length][(row * 5) + (cell % 6)] == '1';
    }
}
