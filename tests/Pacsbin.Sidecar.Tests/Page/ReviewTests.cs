using System.Net;
using Microsoft.Playwright;
using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using static Microsoft.Playwright.Assertions;

namespace Pacsbin.Tests.Page;

/// <summary>A review from the first look to the archive, by mouse and by keyboard.</summary>
[Collection(nameof(Chromium))]
public sealed class ReviewTests(Chromium chromium)
{
    private const int Rows = 200;
    private const int Columns = 300;

    [Fact]
    public async Task Text_is_framed_with_the_mouse_burned_approved_and_the_study_sent()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var orthanc = await RequiredServer.OrthancAsync();
        new ArchiveStore().Add(new ArchiveDefinition { Name = "reviewed", QidoUri = orthanc.DicomWebRoot, StowUri = orthanc.DicomWebRoot }, "", replace: true);
        server.Studies.Add(rows: Rows, columns: Columns, modality: "US", burnedIn: "YES");
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        var page = review.Page;
        await Expect(page.Locator(".findings")).ToContainTextAsync("BurnedInSuspected");

        await review.DragAsync((20, 10), (120, 40), Columns, Rows);
        var (x, y, width, height) = await review.SelectedAsync();
        Assert.InRange(x, 19, 21);
        Assert.InRange(y, 9, 11);
        Assert.InRange(width, 98, 102);
        Assert.InRange(height, 28, 32);
        await review.BurnAsync();
        RequireErased(copy, x, y, width, height);
        Assert.Equal("0,0,0,255", await review.ColorAsync(60, 25, Columns, Rows));

        await page.GetByLabel("Reviewer").FillAsync("R. Reader");
        await review.Button("Approve").ClickAsync();
        await review.SaysAsync("Approved.");
        Assert.Equal("R. Reader", Manifest.Read(copy.Path)!.Approval!.Reviewer);

        await page.GetByLabel("Archive").SelectOptionAsync("reviewed");
        await review.Button("Send").ClickAsync();
        await review.SaysAsync("1 image sent");
        await Expect(page.GetByText("Sent to reviewed")).ToBeVisibleAsync();
        Assert.Equal(await File.ReadAllBytesAsync(copy.Series[0].Instances[0].Path, TestContext.Current.CancellationToken), await orthanc.StoredBytesAsync(copy.Series[0].Instances[0].SopInstanceUid));
        review.RequireQuiet();
        await server.RequireHealthyAsync("R. Reader");
    }

    [Fact]
    public async Task Keyboard_alone_is_enough()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add(rows: Rows, columns: Columns, modality: "US", burnedIn: "YES");
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server);
        var keyboard = review.Page.Keyboard;
        await Expect(review.StudyOf(copy)).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await review.ShowsAsync("Frame 1 of 1");
        for (var i = 0; i < 30 && await review.Page.EvaluateAsync<string>("document.activeElement.id") != "frame"; i++)
        {
            await keyboard.PressAsync("Tab");
        }

        await keyboard.PressAsync("r");
        var (x, y, width, height) = await review.SelectedAsync();
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("Shift+ArrowUp");
        await keyboard.PressAsync("Alt+ArrowRight");
        await keyboard.PressAsync("Alt+Shift+ArrowDown");
        Assert.Equal((x + 1, y - 10, width + 1, height + 10), await review.SelectedAsync());
        await keyboard.PressAsync("b");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await review.SaysAsync("Burned in");
        RequireErased(copy, x + 1, y - 10, width + 1, height + 10);

        await review.Frame.FocusAsync();
        await keyboard.PressAsync("a");
        await keyboard.TypeAsync("R. Reader");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await review.SaysAsync("Approved.");
        Assert.NotNull(Manifest.Read(copy.Path)!.Approval);
        review.RequireQuiet();
    }

    [Fact]
    public async Task Approval_warns_of_frames_that_nobody_saw_and_asks_for_open_findings()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(frames: 3, burnedIn: "YES");
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        var page = review.Page;
        await page.GetByLabel("Reviewer").FillAsync("R. Reader");
        await Expect(page.Locator(".unseen")).ToHaveTextAsync("2 frames of 3 not seen yet.");
        await review.Button("Approve").ClickAsync();
        await Expect(page.Locator("dialog")).ToContainTextAsync("2 frames of 3 not seen yet.");
        await page.Keyboard.PressAsync("Escape");
        Assert.Null(Manifest.Read(copy.Path)!.Approval);

        await review.Frame.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await review.ShowsAsync("Frame 2 of 3");
        await page.Keyboard.PressAsync("End");
        await review.ShowsAsync("Frame 3 of 3");
        await Expect(page.Locator(".unseen")).ToHaveTextAsync("All frames seen.");
        await review.Button("Approve").ClickAsync();
        await Expect(page.Locator("#complaint")).ToContainTextAsync("BurnedInSuspected in 1 file");
        Assert.Null(Manifest.Read(copy.Path)!.Approval);

        await page.GetByLabel("I have looked at BurnedInSuspected in 1 file, and accept it").CheckAsync();
        await page.GetByLabel("Comment").FillAsync("Nothing there.");
        await review.Button("Approve").ClickAsync();
        await review.SaysAsync("Approved.");
        Assert.Equal("Nothing there.", Manifest.Read(copy.Path)!.Approval!.Comment);

        await review.Button("Take the approval back").ClickAsync();
        await review.Button("Take it back").ClickAsync();
        await review.SaysAsync("waits for review again");
        Assert.Null(Manifest.Read(copy.Path)!.Approval);
    }

    [Fact]
    public async Task Frame_is_seen_only_when_all_of_it_is_on_the_screen()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(frames: 4);
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        var unseen = review.Page.Locator(".unseen");
        await Expect(unseen).ToHaveTextAsync("3 frames of 4 not seen yet.");
        await review.Page.GetByRole(AriaRole.Tab, new() { Name = "Header" }).ClickAsync();
        await review.Page.Keyboard.PressAsync("ArrowDown");
        await review.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(review.Page.Locator("table")).ToContainTextAsync("PatientIdentityRemoved");
        await Expect(unseen).ToHaveTextAsync("3 frames of 4 not seen yet.");
        await review.Page.GetByRole(AriaRole.Tab, new() { Name = "Images" }).ClickAsync();
        await review.ShowsAsync("Frame 3 of 4");
        await Expect(unseen).ToHaveTextAsync("2 frames of 4 not seen yet.");

        await review.Frame.PressAsync("+");
        await review.Frame.PressAsync("End");
        await review.ShowsAsync("Frame 4 of 4");
        await Expect(unseen).ToHaveTextAsync("2 frames of 4 not seen yet.");
        await review.Frame.PressAsync("0");
        await Expect(unseen).ToHaveTextAsync("1 frame of 4 not seen yet.");
        review.RequireQuiet();
    }

    [Fact]
    public async Task What_burning_has_changed_is_to_be_seen_again()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", instance: 1, rows: Rows, columns: Columns, frames: 2);
        server.Studies.Add("2.dcm", instance: 2, rows: Rows, columns: Columns);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Frame.PressAsync(" ");
        await review.ShowsAsync("Frame 3 of 3");
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync("All frames seen.");
        await review.Frame.PressAsync("Home");
        await review.DragAsync((20, 10), (120, 40), Columns, Rows);
        await review.BurnAsync();
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync("1 frame of 3 not seen yet.");
        await review.ShowsAsync("Frame 1 of 3");
    }

    [Fact]
    public async Task Study_that_has_changed_since_it_was_looked_at_is_not_approved()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", instance: 1, rows: Rows, columns: Columns);
        server.Studies.Add("2.dcm", instance: 2, rows: Rows, columns: Columns);
        var copy = Assert.Single(server.Studies.Deidentify());
        await using var review = await ReviewPage.OpenAsync(chromium, server, copy);
        await review.Frame.PressAsync("End");
        await review.ShowsAsync("Frame 2 of 2");
        await review.Frame.PressAsync("Home");
        await review.ShowsAsync("Frame 1 of 2");
        var second = (string?)(await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}/series/{copy.Series[0].SeriesInstanceUid}"))["images"]![1]!["sopInstanceUid"];
        await server.SendAsync(
            HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/regions",
            $$"""{ "regions": [{ "x": 0, "y": 0, "width": 10, "height": 10, "sopInstanceUid": "{{second}}" }] }""", HttpStatusCode.OK);

        await review.Page.GetByLabel("Reviewer").FillAsync("R. Reader");
        await review.Button("Approve").ClickAsync();
        await Expect(review.Page.Locator("#complaint")).ToContainTextAsync("has changed since it was looked at");
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync("1 frame of 2 not seen yet.");
        Assert.Null(Manifest.Read(copy.Path)!.Approval);

        await review.Frame.PressAsync("End");
        await Expect(review.Page.Locator(".unseen")).ToHaveTextAsync("All frames seen.");
        await review.Button("Approve").ClickAsync();
        await review.SaysAsync("Approved.");
        Assert.NotNull(Manifest.Read(copy.Path)!.Approval);
    }

    private static void RequireErased(DicomStudy copy, int x, int y, int width, int height)
    {
        var pixels = MadeStudies.Pixels(copy.Series[0].Instances[0].Path);
        for (var i = 1; i < pixels.Length; i++)
        {
            var (column, row) = (i % Columns, i / Columns);
            var isInside = column >= x && column < x + width && row >= y && row < y + height;
            Assert.True(pixels[i] == (isInside ? 0 : MadeStudies.Gray), $"{column},{row}: {pixels[i]}");
        }
    }
}
