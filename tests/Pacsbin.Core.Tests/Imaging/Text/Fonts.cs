using Pacsbin.Benchmarks;
using Xunit;

namespace Pacsbin.Tests.Imaging.Text;

/// <summary>The fonts that the generated pictures need.</summary>
internal static class Fonts
{
    /// <summary>Skips the running test where one is missing, and fails it there in CI.</summary>
    public static void Require()
    {
        if (BurnedInTextGenerator.MissingFont is { } missing)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"The font {missing} is not installed.");
            Assert.Skip($"The font {missing} is not installed.");
        }
    }
}
