using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pacsbin.Tests.Page;

/// <summary>How frames are looked at.</summary>
[Collection(nameof(Chromium))]
public sealed class ViewerTests(Chromium chromium)
{
    [Fact]
    public async Task Frames_of_a_series_are_scrolled_through()
    {
        await using var server = await SidecarServer.StartAsync();
        for (var i = 1; i <= 4; i++)
        {
            server.Studies.Add($"{i}.dcm", instance: i, rows: 100, columns: 150, frames: i == 4 ? 3 : 1);
        }

        server.Studies.Add("other.dcm", series: 2, rows: 60, columns: 60);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await Expect(review.Page.Locator(".thumbnail")).ToHaveCountAsync(2);
        var isLong = (await review.Where.InnerTextAsync()).Contains("of 6", StringComparison.Ordinal);
        if (!isLong)
        {
            await review.Frame.PressAsync("n");
        }

        await review.ShowsAsync("Frame 1 of 6");
        await review.Frame.HoverAsync();
        await review.Page.Mouse.WheelAsync(0, 100);
        await review.ShowsAsync("Frame 2 of 6");
        await review.Frame.PressAsync("End");
        await review.ShowsAsync("Frame 6 of 6 · image 4, its frame 3");
        await review.Frame.PressAsync("PageUp");
        await review.ShowsAsync("Frame 1 of 6");
        await review.Frame.PressAsync(" ");
        await review.ShowsAsync("Frame 6 of 6");
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync(isLong ? "1 frame of 7 not seen yet." : "All frames seen.");
        await review.Page.Locator(".thumbnail[aria-selected=false]").ClickAsync();
        await review.ShowsAsync("60 × 60");
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync("All frames seen.");
        review.RequireQuiet();
    }

    [Fact]
    public async Task Window_zoom_and_inversion_change_what_is_shown_and_reset_brings_it_back()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.AddCt("1.dcm", study: 1, instance: 1);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        Task<string> body() => review.ColorAsync(256, 256, 512, 512);
        var first = await body();
        var window = await review.Where.InnerTextAsync();
        Assert.Matches("center -?[0-9.]+, width [0-9.]+", window);

        await review.DragAsync((100, 100), (100, 300), 512, 512, MouseButton.Right); // the center goes up: darker
        await Expect(review.Where).Not.ToHaveTextAsync(window);
        await review.ShowsAsync("Frame 1");
        Assert.True(Gray(await body()) < Gray(first) - 20, $"{first} {await body()}");

        await review.Frame.PressAsync("0");
        await Expect(review.Where).ToHaveTextAsync(window);
        await review.ShowsAsync("Frame 1");
        Assert.Equal(first, await body());

        await review.Frame.PressAsync("i");
        await review.ShowsAsync("Frame 1");
        Assert.InRange(Gray(await body()), 253 - Gray(first), 257 - Gray(first)); // the canvas scales
        await review.Frame.PressAsync("i");
        await review.Frame.PressAsync("Shift+ArrowLeft");
        await Expect(review.Where).Not.ToHaveTextAsync(window);
        await review.Frame.PressAsync("+");
        await review.ShowsAsync("zoom 125 %");
        await review.Frame.PressAsync("0");
        await Expect(review.Where).ToHaveTextAsync(window);
        review.RequireQuiet();
    }

    [Fact]
    public async Task Header_stands_beside_that_of_the_source()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", instance: 1);
        server.Studies.Add("2.dcm", instance: 2);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Page.GetByRole(AriaRole.Tab, new() { Name = "Header" }).ClickAsync();
        var table = review.Page.Locator("table");
        await Expect(table).ToContainTextAsync("PatientIdentityRemoved");
        await Expect(table).Not.ToContainTextAsync("TESTPERSON");

        await review.Page.GetByLabel("Source").FillAsync(server.Studies.Source);
        await review.Button("Compare").ClickAsync();
        await Expect(table.Locator("tr.Changed", new() { HasText = "PatientName" })).ToContainTextAsync("TESTPERSON^THEODORA");
        await Expect(table.Locator("tr.Changed", new() { HasText = "SOPInstanceUID" }).Nth(0)).ToContainTextAsync("1.2.1.1.");
        await Expect(table.Locator("tr.Added", new() { HasText = "PatientIdentityRemoved" })).ToContainTextAsync("YES");
        await Expect(table.Locator("tr.Kept", new() { HasText = "PhotometricInterpretation" })).ToHaveCountAsync(1);
        await review.Page.GetByLabel("only what differs").CheckAsync();
        await Expect(table.Locator("tr.Kept")).ToHaveCountAsync(0);

        await review.Page.GetByLabel("Source").FillAsync("/etc");
        await review.Button("Compare").ClickAsync();
        await Expect(review.Page.Locator("#complaint")).ToBeVisibleAsync();
        await Expect(table).Not.ToContainTextAsync("TESTPERSON");
        await server.RequireHealthyAsync();
    }

    private static int Gray(string color) => int.Parse(color.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
}
