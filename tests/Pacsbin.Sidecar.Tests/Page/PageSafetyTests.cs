using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pacsbin.Tests.Page;

/// <summary>What the page must not do, whatever it shows and whoever looks.</summary>
[Collection(nameof(Chromium))]
public sealed class PageSafetyTests(Chromium chromium)
{
    private const string Hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>";

    [Fact]
    public async Task Markup_in_attributes_is_shown_as_text()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var instance = copy.Series[0].Instances[0];
        File.WriteAllBytes(instance.Path, new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.6.1\0").Element(0x00080018, "UI", Even(instance.SopInstanceUid))
            .Element(0x00081030, "LO", Hostile.PadRight(Hostile.Length + (Hostile.Length % 2))).Element(0x00100020, "LO", "<b>bold</b> ")
            .Element(0x0020000D, "UI", Even(copy.StudyInstanceUid)).Element(0x0020000E, "UI", Even(copy.Series[0].SeriesInstanceUid))
            .ToFile());
        await using var review = await ReviewPage.OpenAsync(chromium, server);
        review.Page.Dialog += (_, _) => Assert.Fail("A script of the study has run.");
        await Expect(review.StudyOf(copy)).ToContainTextAsync(Hostile);
        await Expect(review.StudyOf(copy)).ToContainTextAsync("<b>bold</b>");
        await review.StudyOf(copy).ClickAsync();
        await review.Page.GetByRole(AriaRole.Tab, new() { Name = "Header" }).ClickAsync();
        await Expect(review.Page.Locator("table")).ToContainTextAsync(Hostile);
        await Expect(review.Page.Locator("main img, main script")).ToHaveCountAsync(0);
        review.RequireQuiet();
    }

    [Fact]
    public async Task Without_a_session_the_page_says_how_to_log_in_and_shows_nothing()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        await using var review = await ReviewPage.NewAsync(chromium, server);
        await review.Page.GotoAsync(server.Address.ToString());
        await Expect(review.Page.Locator("#login")).ToBeVisibleAsync();
        await Expect(review.Page.Locator("#page")).ToBeHiddenAsync();
        await Expect(review.StudyOf(copy)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Lost_session_takes_the_study_off_the_screen()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Page.Context.ClearCookiesAsync();
        await review.Button("Read again").ClickAsync();
        await Expect(review.Page.Locator("#login")).ToBeVisibleAsync();
        await Expect(review.Page.Locator("#page")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Everybody_can_use_it_as_far_as_a_program_can_tell(ColorScheme scheme)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(frames: 2, burnedIn: "YES");
        await using var review = await ReviewPage.OpenAsync(chromium, server, scheme);
        await review.StudyOf(copy).ClickAsync();
        await review.ShowsAsync("Frame 1 of 2");
        await review.Frame.PressAsync("r");
        await RequireUsableAsync(review.Page);
        if (scheme == ColorScheme.Light)
        {
            return;
        }

        await review.Frame.PressAsync("?");
        await RequireUsableAsync(review.Page);
        await review.Button("Close").ClickAsync();
        await review.Page.GetByRole(AriaRole.Tab, new() { Name = "Header" }).ClickAsync();
        await RequireUsableAsync(review.Page);
    }

    [Fact]
    public async Task Refusals_are_said_in_words()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Page.GetByLabel("Reviewer").FillAsync("R. Reader");
        var file = copy.Series[0].Instances[0].Path;
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        await review.Button("Approve").ClickAsync();
        await Expect(review.Page.Locator("#complaint")).ToContainTextAsync(Path.GetFileName(file));
        await Expect(review.Page.Locator("#complaint")).Not.ToContainTextAsync("undefined");

        Directory.Delete(copy.Path, recursive: true);
        await review.Button("Approve").ClickAsync();
        await Expect(review.Page.Locator("#complaint")).ToContainTextAsync("The workspace has no such study.");
        await review.Button("Close").ClickAsync();
        await Expect(review.Page.Locator("#complaint")).ToBeHiddenAsync();
    }

    private static async Task RequireUsableAsync(IPage page)
    {
        var found = await page.RunAxe();
        Assert.Empty(found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Select(n => n.Html))}"));
    }

    private static string Even(string text) => text.Length % 2 == 0 ? text : text + "\0";
}
