using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Pacsbin.Imaging.Text;

/// <summary>Reads pieces of pictures with the program tesseract, where a person installed it; pixels go through pipes only.</summary>
public sealed class Tesseract
{
    /// <summary>The height in pixels that pieces are enlarged to, as small letters are read badly.</summary>
    private const int ReadableHeight = 64;

    /// <summary>How sure, in percent, the program must be of a word.</summary>
    private const double MinimumConfidence = 60;

    /// <summary>How long its pipes may stay open after the program ended, as those that it started may hold them.</summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(2);

    private const int ConfidenceCell = 10, TextCell = 11;

    private readonly TimeSpan timeout;

    private Tesseract(string path, TimeSpan timeout) => (Path, this.timeout) = (path, timeout);

    /// <summary>The full path of the program.</summary>
    public string Path { get; }

    /// <summary>Looks for the program in the folders of PATH; null if it is not there.</summary>
    /// <remarks>Relative folders of PATH and the current folder are passed over: what lies there may be anybody's.</remarks>
    public static Tesseract? Find() => Find(Environment.GetEnvironmentVariable("PATH"), TimeSpan.FromSeconds(20));

    /// <summary>Reads the words of a line cut from a picture, those it is sure of; null if there are none or the program failed or took more than 20 seconds.</summary>
    /// <param name="gray">Rows x Columns pixels, one byte each, row by row; 0 is black.</param>
    /// <param name="rows">Rows of the piece.</param>
    /// <param name="columns">Columns of the piece.</param>
    /// <param name="cancellationToken">Ends the program too.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public string? Read(ReadOnlySpan<byte> gray, int rows, int columns, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gray.Length, (long)rows * columns);
        cancellationToken.ThrowIfCancellationRequested();
        return !gray.IsEmpty && Png(gray, rows, columns) is { } png ? Run(png, cancellationToken) : null;
    }

    internal static Tesseract? Find(string? folders, TimeSpan timeout)
    {
        var name = OperatingSystem.IsWindows() ? "tesseract.exe" : "tesseract";
        foreach (var folder in (folders ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = System.IO.Path.Join(folder, name);
            if (System.IO.Path.IsPathFullyQualified(folder) && IsProgram(path))
            {
                return new Tesseract(path, timeout);
            }
        }

        return null;
    }

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private string? Run(byte[] png, CancellationToken cancellationToken)
    {
        using var process = Start();
        if (process is null)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var end = limit.Token.Register(() => End(process));
        limit.CancelAfter(timeout);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var writing = WriteAsync(process.StandardInput.BaseStream, png);
        var hasEnded = process.WaitForExit(timeout + PipeGrace) && Task.WhenAll(output, error, writing).ContinueWith(_ => { }, TaskScheduler.Default).Wait(PipeGrace, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return hasEnded && output.IsCompletedSuccessfully && process.ExitCode == 0 && Words(output.Result) is { Length: > 0 } text ? text : null;
    }

    private static Task WriteAsync(Stream input, byte[] png) => Task.Run(() =>
    {
        try
        {
            using (input)
            {
                input.Write(png);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It ended before it read everything; its exit code tells the rest.
        }
    });

    /// <summary>The words that were read with confidence: asked for a line, the program sees one in a blank piece too.</summary>
    private static string Words(string table) =>
        string.Join(' ', table.Split('\n').Select(row => row.TrimEnd('\r').Split('\t'))
            .Where(cells => cells.Length > TextCell
                && double.TryParse(cells[ConfidenceCell], CultureInfo.InvariantCulture, out var confidence) && confidence >= MinimumConfidence)
            .Select(cells => cells[TextCell].Trim()).Where(word => word.Length > 0));

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself meanwhile; an exception would not reach anybody from here.
        }
    }

    private Process? Start()
    {
        // 7: the piece is one line. A table, as it tells how sure each word is. One thread, as pieces are small and several may be read at once.
        var start = new ProcessStartInfo(Path, ["stdin", "stdout", "--psm", "7", "-c", "tessedit_create_tsv=1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            CreateNoWindow = true,
        };
        start.Environment["OMP_THREAD_LIMIT"] = "1";
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A PNG, since tesseract decodes it from memory: for PNM its library makes a temporary file on Windows. Null if it cannot be made.</summary>
    private static byte[]? Png(ReadOnlySpan<byte> gray, int rows, int columns)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < rows; row++)
        {
            gray.Slice(row * columns, columns).CopyTo(bitmap.GetPixelSpan()[(row * bitmap.RowBytes)..]);
        }

        var scale = Math.Clamp(ReadableHeight / rows, 1, 4);
        using var enlarged = scale == 1 ? bitmap.Copy() : bitmap.Resize(new SKImageInfo(columns * scale, rows * scale, SKColorType.Gray8, SKAlphaType.Opaque), new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var png = enlarged?.Encode(SKEncodedImageFormat.Png, 100);
        return png?.ToArray();
    }
}
