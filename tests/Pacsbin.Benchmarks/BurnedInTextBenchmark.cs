using System.Diagnostics;
using System.Globalization;
using Pacsbin.Imaging.Text;

namespace Pacsbin.Benchmarks;

/// <summary>Measures how much of generated text the detector finds, how often it is wrong, and how long it takes.</summary>
internal static class BurnedInTextBenchmark
{
    /// <summary>The first seed of pictures to look at while the detector is tuned.</summary>
    public const int TuningSeed = 1000;

    /// <summary>The first seed of the pictures that are reported on: the detector is not tuned on them.</summary>
    public const int ReportSeed = 500_000;

    /// <summary>The first seed of the pictures of the tests, which are others again.</summary>
    public const int TestSeed = 900_000;

    /// <summary>Measures pictures of consecutive seeds, half of them without text.</summary>
    /// <param name="firstSeed">The seed of the first picture.</param>
    /// <param name="pictures">How many there are.</param>
    /// <param name="parallelism">How many are made and looked at at once.</param>
    /// <param name="time">What the detector took, in all.</param>
    public static BurnedInTextScore Measure(int firstSeed, int pictures, int parallelism, out TimeSpan time)
    {
        using var generator = new BurnedInTextGenerator();
        var detector = new TextDetector();
        var score = new BurnedInTextScore();
        var elapsed = TimeSpan.Zero;
        Parallel.For(0, pictures, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, i =>
        {
            // The background changes with the seed; whether there is text changes with every third.
            var picture = generator.Make(firstSeed + i, withText: i / 3 % 2 == 0);
            var start = Stopwatch.GetTimestamp();
            var frames = new FrameTextDetector(detector, picture.Rows, picture.Columns);
            frames.Add(picture.Gray);
            var proposals = frames.Result();
            var taken = Stopwatch.GetElapsedTime(start);
            lock (score)
            {
                elapsed += taken;
                score.Add(picture, proposals);
            }
        });
        time = elapsed;
        return score;
    }

    public static void Run(TextWriter output)
    {
        if (BurnedInTextGenerator.MissingFont is { } missing)
        {
            output.WriteLine($"Burned-in text was not measured: the font {missing} is not installed.");
            return;
        }

        Measure(TuningSeed, 12, 1, out _); // compiles
        var score = Measure(ReportSeed, 200, 1, out var time);
        score.Print(output, "Burned-in text, generated pictures");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / score.Pictures:F1} ms a picture on one core.\n"));
    }
}
