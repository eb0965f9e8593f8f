using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Sidecar.Access;

namespace Pacsbin.Tests.Access;

public sealed class LoginTests
{
    [Fact]
    public async Task Link_logs_in_once_with_a_cookie_that_scripts_and_other_sites_never_see()
    {
        await using var server = await SidecarServer.StartAsync();
        var link = await LinkAsync(server);
        using var browser = server.ClientWith(null);
        using var answer = await browser.GetAsync(link, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^pacsbin-{server.Address.Port}=[A-Za-z0-9_-]{{43}}; expires=.*; path=/; samesite=strict; httponly$", cookie);
        Assert.DoesNotContain(server.Token, cookie, StringComparison.Ordinal);

        using var again = await browser.GetAsync(link, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.False(again.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, HttpMethod.Get, "/v1/studies", cookie));
        await server.RequireHealthyAsync(link.Query, cookie.Split(';')[0]);
    }

    [Theory]
    [InlineData("POST", null, null, HttpStatusCode.Forbidden)]
    [InlineData("DELETE", null, null, HttpStatusCode.Forbidden)]
    [InlineData("POST", "http://localhost:1", null, HttpStatusCode.Forbidden)]
    [InlineData("POST", "null", null, HttpStatusCode.Forbidden)]
    [InlineData("POST", "own", null, HttpStatusCode.BadRequest)] // let in, and then found to have no body
    [InlineData("POST", "own", "same-origin", HttpStatusCode.BadRequest)]
    [InlineData("POST", "own", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("GET", null, null, HttpStatusCode.OK)]
    [InlineData("GET", null, "none", HttpStatusCode.OK)]
    [InlineData("GET", null, "same-site", HttpStatusCode.Forbidden)] // a page of another port of this host
    [InlineData("GET", null, "cross-site", HttpStatusCode.Forbidden)]
    public async Task Cookie_counts_for_pages_of_this_origin_only(string method, string? origin, string? site, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        using var browser = server.ClientWith(null);
        using var answer = await browser.GetAsync(await LinkAsync(server), TestContext.Current.CancellationToken);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        var own = $"http://localhost:{server.Address.Port}";
        Assert.Equal(expected, await StatusAsync(browser, new HttpMethod(method), method == "GET" ? "/v1/studies" : "/v1/projects", cookie, origin == "own" ? own : origin, site));
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/login?code=")]
    [InlineData("/login?code=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/login?code=a&code=b")]
    [InlineData("/login?code=a&next=https://evil.example")]
    public async Task Other_codes_log_nobody_in(string path)
    {
        await using var server = await SidecarServer.StartAsync();
        using var browser = server.ClientWith(null);
        using var answer = await browser.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Token_is_no_session_and_session_no_token()
    {
        await using var server = await SidecarServer.StartAsync();
        using var browser = server.ClientWith(null);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser, HttpMethod.Get, "/v1/studies", $"pacsbin-{server.Address.Port}={server.Token};"));
        using var answer = await browser.GetAsync(await LinkAsync(server), TestContext.Current.CancellationToken);
        var session = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0].Split('=')[1];
        using var bearer = server.ClientWith(session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bearer.GetAsync("/v1/studies", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public void Codes_end_after_five_minutes_and_sessions_after_twelve_hours()
    {
        var clock = new SetClock();
        var sessions = new Sessions(Secret.New(), clock);
        var (late, _) = sessions.NewCode();
        clock.Now += TimeSpan.FromMinutes(5);
        Assert.Null(sessions.LogIn(late));

        var session = sessions.LogIn(sessions.NewCode().Code)!.Value.Session;
        clock.Now += TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1);
        Assert.True(sessions.IsSession(session));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.False(sessions.IsSession(session));
    }

    [Fact]
    public void Oldest_code_gives_way_when_there_are_many()
    {
        var clock = new SetClock();
        var sessions = new Sessions(Secret.New(), clock);
        var codes = new List<string>();
        for (var i = 0; i < 1000; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(1);
            codes.Add(sessions.NewCode().Code);
        }

        Assert.Equal(64, codes.Count(c => sessions.LogIn(c) is not null));
        Assert.Null(sessions.LogIn(codes[^1]));
    }

    private static async Task<Uri> LinkAsync(SidecarServer server) => new((string)(await server.SendAsync(HttpMethod.Post, "/v1/login-links", null, HttpStatusCode.Created))["url"]!);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, HttpMethod method, string path, string cookie, string? origin = null, string? site = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var response = await browser.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
