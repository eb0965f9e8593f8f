using System.Globalization;
using Microsoft.Playwright;
using Pacsbin.Studies;
using static Microsoft.Playwright.Assertions;

namespace Pacsbin.Tests.Page;

/// <summary>How regions are planned on the page.</summary>
[Collection(nameof(Chromium))]
public sealed class RegionTests(Chromium chromium)
{
    [Fact]
    public async Task Region_is_moved_resized_typed_undone_and_redone_before_it_is_burned()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add(rows: 200, columns: 300);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.DragAsync((50, 50), (150, 100), 300, 200);
        var (x, y, width, height) = await review.SelectedAsync();
        await review.DragAsync((100, 75), (120, 65), 300, 200);
        var moved = await review.SelectedAsync();
        Assert.Equal((width, height), (moved.Width, moved.Height));
        Assert.InRange(moved.X - x, 19, 21);
        Assert.InRange(y - moved.Y, 9, 11);

        await review.DragAsync((moved.X + moved.Width, moved.Y + moved.Height), (290, 190), 300, 200);
        var resized = await review.SelectedAsync();
        Assert.Equal((moved.X, moved.Y), (resized.X, resized.Y));
        Assert.InRange(resized.X + resized.Width, 289, 291);
        Assert.InRange(resized.Y + resized.Height, 189, 191);

        await review.Page.Locator(".editor input[name=width]").FillAsync("7");
        await review.Page.Keyboard.PressAsync("Tab");
        Assert.Equal((resized.X, 7), ((await review.SelectedAsync()).X, (await review.SelectedAsync()).Width));
        await review.Frame.FocusAsync();
        await review.Page.Keyboard.PressAsync("Control+z");
        Assert.Equal(resized, await review.SelectedAsync());
        await review.Page.Keyboard.PressAsync("Control+z");
        Assert.Equal(moved, await review.SelectedAsync());
        await review.Page.Keyboard.PressAsync("Control+y");
        Assert.Equal(resized, await review.SelectedAsync());

        await review.Page.Keyboard.PressAsync("Delete");
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(0);
        await Expect(review.Page.GetByTitle("Burn (b)")).ToBeDisabledAsync();
        await review.Button("Undo").ClickAsync();
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(1);
        Assert.Null(Manifest.Read(copy.Path)!.Files[0].Regions);
        review.RequireQuiet();
    }

    [Theory]
    [InlineData("frame", 1, 1)]
    [InlineData("image", 1, 3)]
    [InlineData("series", 2, 4)]
    [InlineData("study", 3, 5)]
    public async Task Region_is_burned_where_it_is_meant_for(string scope, int files, int frames)
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", instance: 1, rows: 100, columns: 100, frames: 3);
        server.Studies.Add("2.dcm", instance: 2, rows: 100, columns: 100);
        server.Studies.Add("3.dcm", series: 2, rows: 30, columns: 100); // lower than the region reaches
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        if (!(await review.Where.InnerTextAsync()).Contains("of 4", StringComparison.Ordinal))
        {
            await review.Frame.PressAsync("n");
            await review.ShowsAsync("of 4");
        }

        await review.Page.GetByLabel("New ones are for").SelectOptionAsync(scope);
        await review.DragAsync((20, 20), (60, 60), 100, 100);
        await review.BurnAsync();
        var erased = copy.Series.SelectMany(s => s.Instances).Select(i => MadeStudies.Pixels(i.Path)).ToList();
        Assert.Equal(files, erased.Count(p => p.Contains((byte)0)));
        Assert.Equal(frames, erased.Sum(p => p.Chunk(p.Length == 3000 ? 3000 : 10_000).Count(f => f.Contains((byte)0))));
        Assert.Equal(files, Manifest.Read(copy.Path)!.Files.Count(f => f.Regions is { Count: 1 }));
        review.RequireQuiet();
    }

    [Fact]
    public async Task Region_that_is_drawn_while_others_are_burned_in_stays()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add(rows: 200, columns: 300);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        var isDrawn = new TaskCompletionSource();
        await review.Page.RouteAsync("**/events", async route =>
        {
            await isDrawn.Task;
            await route.ContinueAsync();
        });
        await review.DragAsync((20, 20), (60, 60), 300, 200);
        await review.Page.GetByTitle("Burn (b)").ClickAsync();
        await review.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Burn" }).ClickAsync();
        await review.SaysAsync("Burning");
        await review.DragAsync((100, 100), (180, 150), 300, 200);
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(2);
        isDrawn.SetResult();
        await review.SaysAsync("Burned in");
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(1);
        Assert.InRange((await review.SelectedAsync()).X, 99, 101);
        Assert.Single(Manifest.Read(copy.Path)!.Files[0].Regions!);
        review.RequireQuiet();
    }

    [Fact]
    public async Task Regions_of_the_next_study_stay_when_those_of_the_last_are_burned_in()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", rows: 200, columns: 300);
        server.Studies.Add("2.dcm", study: 2, rows: 200, columns: 300);
        var copies = server.Studies.Deidentify();
        await using var review = await ReviewPage.OpenAsync(chromium, server, copies[0]);
        var isDrawn = new TaskCompletionSource();
        await review.Page.RouteAsync("**/events", async route =>
        {
            await isDrawn.Task;
            await route.ContinueAsync();
        });
        await review.DragAsync((20, 20), (60, 60), 300, 200);
        await review.Page.GetByTitle("Burn (b)").ClickAsync();
        await review.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Burn" }).ClickAsync();
        await review.SaysAsync("Burning");
        await review.StudyOf(copies[1]).ClickAsync();
        await review.Button("Leave").ClickAsync();
        await review.SaysAsync("Study with 1 frame");
        await review.DragAsync((100, 100), (180, 150), 300, 200);
        isDrawn.SetResult();
        await review.SaysAsync("Burned in");
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(1);
        Assert.Single(Manifest.Read(copies[0].Path)!.Files[0].Regions!);
        Assert.Null(Manifest.Read(copies[1].Path)!.Files[0].Regions);
    }

    [Fact]
    public async Task Text_that_is_found_is_proposed_and_taken()
    {
        await using var server = await SidecarServer.StartAsync();
        File.Copy(Path.Join(Repository.Root, "examples", "data", "ultrasound", "loop.dcm"), Path.Join(server.Studies.Source, "loop.dcm"));
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Button("Look for text").ClickAsync();
        await review.SaysAsync("proposed");
        var proposals = await review.Page.Locator(".proposals li").CountAsync();
        Assert.NotEqual(0, proposals);
        await Expect(review.Button("Look for text")).ToBeEnabledAsync();
        await review.Button("Add all").ClickAsync();
        await Expect(review.Page.Locator(".regions li")).ToHaveCountAsync(proposals);
        if (Environment.GetEnvironmentVariable("PACSBIN_UPDATE") == "1")
        {
            await review.Page.ScreenshotAsync(new() { Path = Path.Join(Repository.Root, ".github", "review-page.png") });
        }

        await review.BurnAsync();
        Assert.Equal(proposals, Manifest.Read(copy.Path)!.Files[0].Regions!.Count);
        Assert.True(proposals <= 20, proposals.ToString(CultureInfo.InvariantCulture));
        review.RequireQuiet();
    }
}
