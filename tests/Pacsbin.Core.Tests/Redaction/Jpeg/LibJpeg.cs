using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

/// <summary>Encodes and decodes with the programs of libjpeg-turbo.</summary>
internal static class LibJpeg
{
    public static byte[] Encode(PpmImage image, params string[] options)
    {
        using var folder = new TemporaryFolder();
        image.Write(folder.File("in.ppm"));
        Run("cjpeg", [.. options, "-outfile", folder.File("out.jpg"), folder.File("in.ppm")]);
        return File.ReadAllBytes(folder.File("out.jpg"));
    }

    /// <summary>Encodes with the scans that a script names: components with commas, scans ending with semicolons.</summary>
    public static byte[] EncodeInScans(PpmImage image, string script, params string[] options)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("scans.txt"), script);
        return Encode(image, [.. options, "-scans", folder.File("scans.txt")]);
    }

    /// <summary>Decodes without smoothing chrominance, so that no sample depends on those of another MCU.</summary>
    public static PpmImage Decode(byte[] jpeg)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("in.jpg"), jpeg);
        Run("djpeg", ["-nosmooth", "-strict", "-pnm", "-outfile", folder.File("out.ppm"), folder.File("in.jpg")]);
        return PpmImage.Read(folder.File("out.ppm"));
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        var result = Peer.Run(program, arguments);
        var complaint = program == "djpeg" ? result.Error : ""; // cjpeg merely cautions of low quality
        Assert.True(result.ExitCode == 0 && complaint.Length == 0, $"{program}: {result.ExitCode} {result.Error}");
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pacsbin-jpeg-");

        public string File(string name) => Path.Join(folder.FullName, name);

        public void Dispose() => folder.Delete(recursive: true);
    }
}
