using System.Diagnostics;
using System.Globalization;
using Pacsbin.Imaging.Text;

namespace Pacsbin.Benchmarks;

/// <summary>Measures how much of generated text the detector finds, how often it is wrong, and how long it takes.</summary>
internal static class BurnedInTextBenchmark
{
    /// <summary>Pictures that the detector was never tuned on; seeds from 1000 are for tuning.</summary>
    public const int ReportSeed = 500_000;

    public const int TuningSeed = 1000;

    /// <summary>Measures pictures of consecutive seeds, half of them without text.</summary>
    public static BurnedInTextScore Measure(int firstSeed, int pictures, out TimeSpan time)
    {
        using var generator = new BurnedInTextGenerator();
        var detector = new TextDetector();
        var score = new BurnedInTextScore();
        var watch = new Stopwatch();
        for (var i = 0; i < pictures; i++)
        {
            // The background changes with the seed; whether there is text changes with every third.
            var picture = generator.Make(firstSeed + i, withText: i / 3 % 2 == 0);
            watch.Start();
            var proposals = detector.Find(picture.Gray, picture.Rows, picture.Columns);
            watch.Stop();
            score.Add(picture, proposals);
        }

        time = watch.Elapsed;
        return score;
    }

    public static void Run(TextWriter output)
    {
        if (BurnedInTextGenerator.MissingFont is { } missing)
        {
            output.WriteLine($"Burned-in text was not measured: the font {missing} is not installed.");
            return;
        }

        Measure(TuningSeed, 12, out _); // compiles
        var score = Measure(ReportSeed, 200, out var time);
        score.Print(output, "Burned-in text, generated pictures");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / score.Pictures:F1} ms a picture on one core.\n"));
    }
}
