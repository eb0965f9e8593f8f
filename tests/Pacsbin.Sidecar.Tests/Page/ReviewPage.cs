using System.Collections.Concurrent;
using System.Net;
using Microsoft.Playwright;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Page;

/// <summary>The review page of a sidecar in a browser that came by a one-time link. It notes every request, and whatever the browser complains of.</summary>
internal sealed class ReviewPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> requests = new();
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly IBrowserContext context;

    private ReviewPage(SidecarServer server, IBrowserContext context, IPage page)
    {
        (Server, this.context, Page) = (server, context, page);
        page.SetDefaultTimeout(30_000);
        page.Request += (_, request) => requests.Enqueue(request.Url);
        page.Console += (_, message) =>
        {
            if (!message.Text.Contains("willReadFrequently", StringComparison.Ordinal)) // ColorAsync is what reads
            {
                complaints.Enqueue($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
    }

    public SidecarServer Server { get; }

    public IPage Page { get; }

    public ILocator Frame => Page.Locator("#frame");

    public ILocator Where => Page.Locator("#where");

    public ILocator Said => Page.Locator("#said");

    /// <summary>Opens the page by a link.</summary>
    public static async Task<ReviewPage> OpenAsync(Chromium chromium, SidecarServer server, ColorScheme scheme = ColorScheme.Dark)
    {
        var page = await NewAsync(chromium, server, scheme);
        await page.Page.GotoAsync((string)(await server.SendAsync(HttpMethod.Post, "/v1/login-links", null, HttpStatusCode.Created))["url"]!);
        await Assertions.Expect(page.Page.Locator("#page")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Opens the page and a study of it.</summary>
    public static async Task<ReviewPage> OpenAsync(Chromium chromium, SidecarServer server, DicomStudy study)
    {
        var page = await OpenAsync(chromium, server);
        await page.StudyOf(study).ClickAsync();
        await page.ShowsAsync("Frame 1 of");
        return page;
    }

    /// <summary>A page that has not gone anywhere.</summary>
    public static async Task<ReviewPage> NewAsync(Chromium chromium, SidecarServer server, ColorScheme scheme = ColorScheme.Dark)
    {
        var context = await chromium.NewContextAsync(scheme);
        return new ReviewPage(server, context, await context.NewPageAsync());
    }

    public ILocator StudyOf(DicomStudy study) => Page.Locator($"[data-uid='{study.StudyInstanceUid}']");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Waits until the line below the frame says something, and the frame is there.</summary>
    public async Task ShowsAsync(string text)
    {
        await Assertions.Expect(Where).ToContainTextAsync(text);
        await Assertions.Expect(Frame).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    public Task SaysAsync(string text) => Assertions.Expect(Said).ToContainTextAsync(text);

    /// <summary>Where a pixel of an image is on the screen, if all of the image is to be seen.</summary>
    public async Task<(float X, float Y)> PointOfAsync(double x, double y, int columns, int rows)
    {
        var box = (await Frame.BoundingBoxAsync())!;
        var scale = Math.Min(box.Width / columns, box.Height / rows);
        return ((float)(box.X + (box.Width / 2) + ((x - (columns / 2.0)) * scale)), (float)(box.Y + (box.Height / 2) + ((y - (rows / 2.0)) * scale)));
    }

    /// <summary>Drags the mouse from one pixel of an image to another.</summary>
    public async Task DragAsync((double X, double Y) from, (double X, double Y) to, int columns, int rows, MouseButton button = MouseButton.Left)
    {
        var (start, end) = (await PointOfAsync(from.X, from.Y, columns, rows), await PointOfAsync(to.X, to.Y, columns, rows));
        await Page.Mouse.MoveAsync(start.X, start.Y);
        await Page.Mouse.DownAsync(new() { Button = button });
        await Page.Mouse.MoveAsync(end.X, end.Y, new() { Steps = 4 });
        await Page.Mouse.UpAsync(new() { Button = button });
    }

    /// <summary>The numbers of the region that is selected.</summary>
    public async Task<(int X, int Y, int Width, int Height)> SelectedAsync() => (await NumberAsync("x"), await NumberAsync("y"), await NumberAsync("width"), await NumberAsync("height"));

    /// <summary>Burns what is planned.</summary>
    public async Task BurnAsync()
    {
        await Page.GetByTitle("Burn (b)").ClickAsync();
        await Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Burn" }).ClickAsync();
        await SaysAsync("Burned in");
        await ShowsAsync("Frame");
    }

    /// <summary>The colors of a pixel of the canvas, at a place of the image.</summary>
    public async Task<string> ColorAsync(double x, double y, int columns, int rows)
    {
        var (box, point) = ((await Frame.BoundingBoxAsync())!, await PointOfAsync(x, y, columns, rows));
        return await Frame.EvaluateAsync<string>(FormattableString.Invariant(
            $"c => [...c.getContext('2d').getImageData({point.X - box.X} * c.width / c.clientWidth, {point.Y - box.Y} * c.height / c.clientHeight, 1, 1).data].join()"));
    }

    /// <summary>Asserts that the page asked nobody but its sidecar, and that the browser has complained of nothing.</summary>
    public void RequireQuiet()
    {
        var origin = $"{Server.Address.Scheme}://{Server.Address.Authority}/";
        Assert.All(requests, url => Assert.True(url.StartsWith(origin, StringComparison.Ordinal) || url.StartsWith("blob:", StringComparison.Ordinal), url));
        Assert.Empty(complaints);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private async Task<int> NumberAsync(string name) => int.Parse(await Page.Locator($".editor input[name={name}]").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);
}
