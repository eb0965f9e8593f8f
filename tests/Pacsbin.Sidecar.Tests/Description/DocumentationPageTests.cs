using Pacsbin.Tests.Page;
using static Microsoft.Playwright.Assertions;

namespace Pacsbin.Tests.Description;

[Collection(nameof(Chromium))]
public sealed class DocumentationPageTests(Chromium chromium)
{
    [Fact]
    public async Task Browser_that_is_logged_in_sees_the_operations_under_the_strict_policy()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var review = await ReviewPage.OpenAsync(chromium, server);
        await review.Page.GotoAsync(new Uri(server.Address, "/swagger/").ToString());
        await Expect(review.Page.Locator("#operations-Studies-Get-DicomStudy")).ToBeVisibleAsync();
        await Expect(review.Page.GetByText("Records that a person has reviewed a study")).ToBeVisibleAsync();
        review.RequireQuiet();
        await server.RequireHealthyAsync();
    }
}
