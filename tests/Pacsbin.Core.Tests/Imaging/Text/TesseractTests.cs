using System.Diagnostics;
using Pacsbin.Imaging.Text;
using SkiaSharp;
using Xunit;

namespace Pacsbin.Tests.Imaging.Text;

public sealed class TesseractTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(14)]
    [InlineData(24)]
    [InlineData(40)]
    public void Text_is_read(int size)
    {
        Fonts.Require();
        var (gray, rows, columns) = Draw("MRN 4829137", size);
        Assert.Contains("4829137", Installed().Read(gray, rows, columns, Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_and_blank_pieces_have_no_letters()
    {
        var tesseract = Installed();
        Assert.Null(tesseract.Read([], 0, 10, Token));
        Assert.DoesNotContain(tesseract.Read(new byte[4], 2, 2, Token) ?? "", char.IsLetterOrDigit);
        Assert.DoesNotContain(tesseract.Read(new byte[6000], 30, 200, Token) ?? "", char.IsLetterOrDigit);
    }

    [Fact]
    public void Program_is_taken_from_full_folders_of_the_path_only()
    {
        using var folder = new ProgramFolder("exit 0");
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.Path);
        Assert.Null(Tesseract.Find(null, Patience));
        Assert.Null(Tesseract.Find(string.Join(Path.PathSeparator, relative, ".", ""), Patience));
        Assert.Equal(folder.Program, Tesseract.Find(string.Join(Path.PathSeparator, "", relative, folder.Path), Patience)?.Path);
    }

    [Fact]
    public void File_that_cannot_be_run_is_passed_over()
    {
        using var folder = new ProgramFolder("exit 0");
        folder.SetMode(UnixFileMode.UserRead);
        Assert.Null(Tesseract.Find(folder.Path, Patience));
    }

    [Fact]
    public void Failing_program_reads_nothing()
    {
        using var folder = new ProgramFolder("echo text; exit 3");
        Assert.Null(Tesseract.Find(folder.Path, Patience)!.Read(new byte[1_000_000], 1000, 1000, Token));
    }

    [Fact]
    public void Program_that_hangs_is_ended_after_the_timeout()
    {
        using var folder = new ProgramFolder("sleep 60");
        var watch = Stopwatch.StartNew();
        Assert.Null(Tesseract.Find(folder.Path, TimeSpan.FromSeconds(1))!.Read(new byte[100], 10, 10, Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("sleep 30 &\nexit 0")]
    [InlineData("(trap '' HUP; sleep 30) <&0 &\nsleep 60")]
    [InlineData("exec 3<&0; sleep 30 <&3 &\nexit 0")]
    public void Pipes_that_others_hold_open_are_not_waited_for(string script)
    {
        using var folder = new ProgramFolder(script);
        var noise = new byte[4_000_000];
        new Random(1).NextBytes(noise);
        var watch = Stopwatch.StartNew();
        Assert.Null(Tesseract.Find(folder.Path, TimeSpan.FromSeconds(1))!.Read(noise, 2000, 2000, Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Cancellation_ends_the_program()
    {
        using var folder = new ProgramFolder("echo $$ > \"$(dirname \"$0\")/pid\"; sleep 60");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reading = Task.Run(() => Tesseract.Find(folder.Path, Patience)!.Read(new byte[100], 10, 10, cancel.Token), Token);
        var file = Path.Join(folder.Path, "pid");
        while (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            await Task.Delay(20, Token);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.False(Directory.Exists($"/proc/{(await File.ReadAllTextAsync(file, Token)).Trim()}"));
    }

    private static Tesseract Installed()
    {
        var found = Tesseract.Find();
        Assert.False(found is null && Environment.GetEnvironmentVariable("CI") == "true", "tesseract is not installed.");
        Assert.SkipWhen(found is null, "tesseract is not installed.");
        return found!;
    }

    private static (byte[] Gray, int Rows, int Columns) Draw(string text, int size)
    {
        using var typeface = SKTypeface.FromFile("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
        using var font = new SKFont(typeface, size);
        using var paint = new SKPaint { Color = SKColors.White, IsAntialias = true };
        using var bitmap = new SKBitmap(new SKImageInfo((int)font.MeasureText(text) + 16, size * 2, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Black);
        canvas.DrawText(text, 8, size * 1.4f, font, paint);
        return (bitmap.GetPixelSpan().ToArray(), bitmap.Height, bitmap.Width);
    }

    /// <summary>A folder with a program named tesseract that is a shell script; skips where there is no shell.</summary>
    private sealed class ProgramFolder : IDisposable
    {
        public ProgramFolder(string script)
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell script stands in for the program.");
            Path = Directory.CreateTempSubdirectory("pacsbin-tesseract").FullName;
            Program = System.IO.Path.Join(Path, "tesseract");
            File.WriteAllText(Program, "#!/bin/sh\n" + script + "\n");
            SetMode(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public string Path { get; }

        public string Program { get; }

        public void SetMode(UnixFileMode mode)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Program, mode);
            }
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
