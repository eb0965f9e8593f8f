using Xunit;

namespace Pacsbin.Tests.Deidentification;

[Collection(nameof(DeidentifiedCorpus))]
public class HazardTests(DeidentifiedCorpus corpus)
{
    [Fact]
    public void Files_that_can_be_cleaned_come_out()
    {
        var rejected = TestData.Hazards().Where(h => h.Expect == "clean" && !MayBeRefused(h))
            .Select(h => corpus[h.Name])
            .Where(c => c.Error is not null)
            .Select(c => $"{c.Source.Name}: {c.Error!.Error} {c.Error.Message}");
        Assert.Empty(rejected);
    }

    [Fact]
    public void Video_and_jpeg_xl_come_out_or_are_refused_as_unsupported()
    {
        var refused = TestData.Hazards().Where(MayBeRefused).Select(h => corpus[h.Name]).Where(c => c.Error is not null).ToList();
        Assert.All(refused, c => Assert.Equal(PacsbinError.UnsupportedTransferSyntax, c.Error!.Error));
    }

    [Fact]
    public void Files_that_must_be_refused_are()
    {
        Assert.All(TestData.Hazards().Where(h => h.Expect == "reject"), h => Assert.NotNull(corpus[h.Name].Error));
    }

    [Fact]
    public void No_copy_holds_the_planted_token_in_any_encoding()
    {
        var leaks = new List<string>();
        var searched = 0;
        foreach (var hazard in TestData.Hazards())
        {
            if (corpus[hazard.Name].Copy is not { } copy)
            {
                continue;
            }

            searched++;
            if (TokenSearch.Find(File.ReadAllBytes(copy), hazard.Token) is { } where)
            {
                leaks.Add($"{hazard.Name}: {where} ({hazard.Why})");
            }
        }

        Assert.Empty(leaks);
        Assert.InRange(searched, 90, int.MaxValue);
    }

    [Fact]
    public void The_search_finds_the_token_in_the_files_that_it_was_planted_in()
    {
        // Otherwise finding none in a copy would say nothing. Tokens in pixels or lossy streams are not found.
        var hazards = TestData.Hazards();
        var found = hazards.Count(h => TokenSearch.Find(File.ReadAllBytes(h.Path), h.Token) is not null);
        Assert.InRange(found, hazards.Count * 9 / 10, hazards.Count);
    }

    /// <summary>Until pixels can be erased there is no telling what a video or a JPEG XL frame says.</summary>
    private static bool MayBeRefused(Hazard hazard) =>
        hazard.Name.Contains("_video_", StringComparison.Ordinal) || hazard.Name.Contains("_jxl_", StringComparison.Ordinal);
}
