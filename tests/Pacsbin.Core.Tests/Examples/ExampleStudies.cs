using Pacsbin.Benchmarks;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Examples;

/// <summary>Makes the files of examples/data, the same bytes on each machine.</summary>
internal static class ExampleStudies
{
    private const int CtSide = 128, CtSlices = 3;
    private const int UsColumns = 160, UsRows = 96, UsFrames = 4;

    /// <summary>Paths below examples/data, and what the files hold.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Make()
    {
        for (var slice = 0; slice < CtSlices; slice++)
        {
            yield return ($"ct/slice{slice + 1}.dcm", ToFile(CtSlice(slice)));
        }

        yield return ("ultrasound/loop.dcm", ToFile(Ultrasound()));
        yield return ("report/report.dcm", ToFile(DatasetText.Parse(Template("sr"))));
    }

    private static DicomDataset CtSlice(int slice)
    {
        var dataset = DatasetText.Parse(string.Join('\n', Template("common"), Template("bench-ct"), Template("ct")));
        dataset.SetText(0x00080018, Vr.UI, $"1.2.826.0.1.3680043.10.1001.1.1.{slice + 1}");
        dataset.SetText(0x00200013, Vr.IS, $"{slice + 1}");
        dataset.SetText(0x00200032, Vr.DS, $"-45.0\\-45.0\\{slice * 5}.0");
        dataset.SetText(0x00201041, Vr.DS, $"{slice * 5}.0");
        var pixels = new byte[CtSide * CtSide * 2];
        for (var y = 0; y < CtSide; y++)
        {
            for (var x = 0; x < CtSide; x++)
            {
                // Air, a body of soft tissue, and a bone that grows from slice to slice; in Hounsfield units above -1024.
                var value = IsInside(x - 64, y - 64, 56, 44) ? IsInside(x - 80, y - 60, 10 + slice, 14) ? 1900 : 1064 + ((x * 7) ^ (y * 5)) % 16 : 0;
                BitConverter.TryWriteBytes(pixels.AsSpan(((y * CtSide) + x) * 2), (ushort)value);
            }
        }

        dataset.Set(new DicomElement(Tags.PixelData, Vr.OW, pixels));
        return dataset;
    }

    private static DicomDataset Ultrasound()
    {
        var dataset = DatasetText.Parse(Template("us"));
        var pixels = new byte[UsFrames * UsRows * UsColumns * 3];
        for (var frame = 0; frame < UsFrames; frame++)
        {
            DrawFrame(pixels.AsSpan(frame * UsRows * UsColumns * 3, UsRows * UsColumns * 3), frame);
        }

        dataset.Set(new DicomElement(Tags.PixelData, Vr.OB, pixels));
        return dataset;
    }

    private static void DrawFrame(Span<byte> frame, int number)
    {
        for (var y = 0; y < UsRows; y++)
        {
            for (var x = 0; x < UsColumns; x++)
            {
                var (dx, dy) = (x - (UsColumns / 2), y - 16);
                var isInFan = dy > 0 && Math.Abs(dx) <= dy && (dx * dx) + (dy * dy) < 74 * 74;
                var speckle = (byte)(isInFan ? 24 + ((((x * 31) ^ (y * 17)) + (number * 29)) % 64) : 0);
                var pixel = frame.Slice(((y * UsColumns) + x) * 3, 3);
                pixel.Fill(speckle);
                if (isInFan && IsInside(dx, dy - 44, 10 + number, 8))
                {
                    (pixel[0], pixel[1], pixel[2]) = ((byte)(150 + (number * 20)), 40, 30); // flow, as colour Doppler shows it
                }
            }
        }

        BlockLetters.Draw(frame, UsColumns, 4, 3, "SAMPLE OSKAR 23 08 1979");
    }

    private static bool IsInside(int x, int y, int radiusX, int radiusY) =>
        (x * x * radiusY * radiusY) + (y * y * radiusX * radiusX) <= radiusX * radiusX * radiusY * radiusY;

    private static byte[] ToFile(DicomDataset dataset)
    {
        using var file = new MemoryStream();
        DicomFile.Write(file, dataset, new DicomSource(ReadOnlyMemory<byte>.Empty), TransferSyntax.ExplicitVrLittleEndian);
        return file.ToArray();
    }

    private static string Template(string name)
    {
        using var stream = typeof(ExampleStudies).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No template {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
