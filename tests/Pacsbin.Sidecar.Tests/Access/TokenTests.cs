using System.Net;
using Pacsbin.Sidecar;

namespace Pacsbin.Tests.Access;

public sealed class TokenTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Token {0}")]
    [InlineData("{0}")]
    [InlineData("Bearer {0}x")]
    [InlineData("Bearer x{0}")]
    [InlineData("Bearer {0}, Bearer {0}")]
    public async Task Without_the_token_there_is_no_answer_but_401(string? authorization)
    {
        await using var server = await SidecarServer.StartAsync();
        using var client = server.ClientWith(null);
        foreach (var path in new[] { "/index.html", "/page", "/page/../v1/studies", "/v1/studies", "/v1/projects", "/v1/no-such-thing", "/openapi/v1.json", "/swagger/index.html", "/swagger/swagger-ui.css" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", string.Format(System.Globalization.CultureInfo.InvariantCulture, authorization, server.Token));
            }

            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }

        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Token_is_256_bits_new_at_each_start_and_for_its_owner_only()
    {
        await using var first = await SidecarServer.StartAsync();
        await using var second = await SidecarServer.StartAsync();
        Assert.Matches("^[A-Za-z0-9_-]{43}$", first.Token);
        Assert.NotEqual(first.Token, second.Token);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(first.TokenPath));
        }

        using var other = second.ClientWith(first.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/v1/studies", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Token_file_goes_with_the_sidecar_and_a_later_one_of_another_stays()
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-token-").FullName;
        var path = Path.Join(folder, "token");
        await using (await RunningSidecar.StartAsync(new SidecarOptions { TokenFile = path }, new CapturedLog().AddTo))
        {
            Assert.True(File.Exists(path));
        }

        Assert.False(File.Exists(path));
        await using (await RunningSidecar.StartAsync(new SidecarOptions { TokenFile = path }, new CapturedLog().AddTo))
        {
            File.WriteAllText(path, "another sidecar's");
        }

        Assert.Equal("another sidecar's", File.ReadAllText(path));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Health_needs_no_token_and_tells_nothing()
    {
        await using var server = await SidecarServer.StartAsync();
        using var client = server.ClientWith(null);
        Assert.Equal("ok", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        Assert.Equal("ready", await client.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        Directory.Delete(server.Studies.Workspace);
        using var response = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready"), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
