using System.Globalization;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

/// <summary>Other programs show the same: pydicom with NumPy, and dcmtk.</summary>
public sealed class RenderingPeersTests
{
    /// <summary>Computes what a frame shows by pydicom's functions; prints a name and the largest difference, or what kept it from comparing.</summary>
    private const string Script = """
        import sys, numpy as np, pydicom
        from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut, apply_color_lut, convert_color_space
        def shown(ds, frames):
            a = ds.pixel_array
            a = a[0] if frames > 1 else a
            p = ds.PhotometricInterpretation
            if not ds.is_little_endian and ds.BitsAllocated != 16: raise Exception('pydicom swaps as dcmtk does not')
            if 'SharedFunctionalGroupsSequence' in ds: raise Exception('pydicom does not look there')
            if p == 'PALETTE COLOR':
                a = apply_color_lut(a, ds)
                return a.astype(float) / (256 if a.dtype == np.uint16 else 1)
            if ds.SamplesPerPixel == 3:
                a = convert_color_space(a, p, 'RGB') if p.startswith('YBR') else a
                return a.astype(float) * 255 / (2 ** ds.BitsStored - 1)
            if a.dtype.kind in 'iu' and ds.BitsStored < ds.BitsAllocated:
                a = (a.astype(np.int64) >> (ds.HighBit + 1 - ds.BitsStored)) & (2 ** ds.BitsStored - 1)
                if ds.PixelRepresentation: a = np.where(a >= 2 ** (ds.BitsStored - 1), a - 2 ** ds.BitsStored, a)
            m = apply_modality_lut(a, ds).astype(float)
            low = high = None
            if 'VOILUTSequence' in ds:
                v, low, high = apply_voi_lut(a if m is a else m.astype(int), ds), 0, 2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1
            elif 'WindowWidth' in ds and ds.WindowWidth is not None:
                t = pydicom.Dataset()
                for k in ('WindowCenter', 'WindowWidth', 'VOILUTFunction'):
                    if k in ds: setattr(t, k, getattr(ds, k))
                t.PhotometricInterpretation, t.PixelRepresentation, t.BitsStored = 'MONOCHROME2', 0, 16
                v, low, high = apply_voi_lut(m, t), 0, 65535
            else:
                padding = ds.get('PixelPaddingValue')
                if padding is not None and ds.PixelRepresentation and padding > 32767: padding -= 65536
                padded = a == padding if padding is not None else np.zeros(a.shape, bool)
                v, low, high = m, m[~padded].min(), m[~padded].max()
                if low == high: return None
            gray = lambda v, low, high: np.clip((v - low) * 255.0 / (high - low), 0, 255)
            v = gray(v, low, high)
            if np.ptp(np.floor(v + 0.5)) == 0 and np.ptp(m) > 0: v = gray(m, m.min(), m.max())
            return 255 - v if p == 'MONOCHROME1' or ds.get('PresentationLUTShape') == 'INVERSE' else v
        for line in sys.stdin:
            path, raw = line.rstrip('\n').split('\t')
            ds = pydicom.dcmread(path, force=True)
            try:
                v = shown(ds, int(ds.get('NumberOfFrames') or 1))
            except Exception as e:
                print(path, 'not', type(e).__name__); continue
            if v is None: print(path, 'not constant'); continue
            ours = np.fromfile(raw, np.uint8).astype(float)
            ours = ours.reshape(-1, 4)[:, :3].reshape(-1) if v.ndim == 3 else ours
            print(path, np.abs(v.reshape(-1) - ours).max())
        """;

    [Fact]
    public void Corpus_is_shown_as_pydicom_shows_it()
    {
        Peer.RequirePython("numpy");
        var candidates = TestData.CorpusFiles().Where(f => f is { IsUndisputed: true, TransferSyntaxUid: "1.2.840.10008.1.2" or "1.2.840.10008.1.2.1" or "1.2.840.10008.1.2.2" or "1.2.840.10008.1.2.1.99" });
        var (compared, differing) = Compare([.. candidates.Select(f => f.Path)]);
        Assert.True(differing.Count == 0, string.Join('\n', differing));
        Assert.True(compared > 100);
    }

    [Fact]
    public void Made_images_are_shown_as_pydicom_shows_them()
    {
        Peer.RequirePython("numpy");
        using var folder = new ImageFolder();
        var random = new Random(7);
        short[] cells = [.. Enumerable.Range(0, 64 * 64).Select(_ => (short)random.Next(-2048, 2048))];
        foreach (var (center, width) in ((string, string)[])[("40", "400"), ("-600", "1500"), ("0", "1"), ("0.5", "2.5"), ("100000", "1000000")])
        {
            foreach (var (slope, intercept) in ((string, string)[])[("1", "-1024"), ("-1", "100"), ("2.5", "0"), ("0.01", "3")])
            {
                foreach (var function in (string[])["LINEAR", "LINEAR_EXACT", "SIGMOID"])
                {
                    foreach (var photometric in (string[])["MONOCHROME1", "MONOCHROME2"])
                    {
                        folder.Add(new MadeImage(64, 64, 16, photometric, isSigned: true).Pixels(cells).Text(0x00281050, "DS", center).Text(0x00281051, "DS", width)
                            .Text(0x00281052, "DS", intercept).Text(0x00281053, "DS", slope).Text(0x00281056, "CS", function));
                    }
                }
            }
        }

        var (compared, differing) = Compare(folder.Paths);
        Assert.Empty(differing);
        Assert.Equal(folder.Paths.Count, compared);
    }

    [Theory]
    [InlineData(40, 400)]
    [InlineData(-600, 1500)]
    [InlineData(100, 1)]
    [InlineData(0, 4096)]
    public void Window_shows_what_dcm2pnm_shows(int center, int width)
    {
        using var folder = new ImageFolder();
        var random = new Random(8);
        short[] cells = [.. Enumerable.Range(0, 64 * 64).Select(_ => (short)random.Next(0, 4096))];
        var image = new MadeImage(64, 64, 16, stored: 12).Pixels(cells).Text(0x00281052, "DS", "-1024").Text(0x00281053, "DS", "1");
        var path = folder.Add(image);
        var picture = Path.ChangeExtension(path, ".pgm");
        var result = Peer.Run("dcm2pnm", ["+Ww", Number(center), Number(width), "--write-raw-pnm", path, picture]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var pgm = File.ReadAllBytes(picture);
        Assert.StartsWith("P5", Encoding.ASCII.GetString(pgm, 0, 2), StringComparison.Ordinal);
        using var file = DicomFile.Open(path);
        var ours = FrameRenderer.Open(file)!.Render(0, new RenderOptions { WindowCenter = center, WindowWidth = width }).Pixels.ToArray();
        Assert.All(ours.Zip(pgm[^ours.Length..]), pair => Assert.InRange(pair.First - pair.Second, -1, 1));

        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static (int Compared, List<string> Differing) Compare(List<string> paths)
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-rendered").FullName;
        try
        {
            var lines = new StringBuilder();
            foreach (var (path, index) in paths.Select((p, i) => (p, i)))
            {
                if (Render(path) is { } pixels)
                {
                    var raw = Path.Join(folder, index.ToString(CultureInfo.InvariantCulture));
                    File.WriteAllBytes(raw, pixels);
                    lines.Append(path).Append('\t').Append(raw).Append('\n');
                }
            }

            var result = Peer.Run(Peer.Python, ["-W", "ignore", "-c", Script], lines.ToString());
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            var answers = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains(" not ", StringComparison.Ordinal)).ToList();
            return (answers.Count, [.. answers.Where(l => !(double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture) <= 1.01))]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[]? Render(string path)
    {
        try
        {
            using var file = DicomFile.Open(path);
            return FrameRenderer.Open(file)?.Render(0).Pixels.ToArray();
        }
        catch (PacsbinException)
        {
            return null;
        }
    }

    private sealed class ImageFolder : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("pacsbin-images").FullName;
        public List<string> Paths { get; } = [];

        public string Add(MadeImage image)
        {
            var path = Path.Join(folder, $"{Paths.Count}.dcm");
            File.WriteAllBytes(path, image.ToBytes());
            Paths.Add(path);
            return path;
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
