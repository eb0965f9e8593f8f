using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace Pacsbin.Archives;

/// <summary>Asks an archive by HTTP, as who we are, and no other server.</summary>
/// <remarks>Redirects are followed within the same scheme, host and port only, because credentials and studies are for that server alone. One object serves many requests at once.</remarks>
public sealed class ArchiveClient : IDisposable
{
    private const int MostRedirects = 5;
    private const int MostTokenBytes = 1024 * 1024;
    private readonly HttpClient http;
    private readonly ArchiveTls tls;
    private readonly ArchiveCredentials credentials;

    /// <summary>Prepares to ask.</summary>
    /// <param name="store">Where the archive is registered.</param>
    /// <param name="archive">The archive.</param>
    /// <exception cref="PacsbinException">KeyMissing if its secret is not to be had; FileNotFound, FileIo, FileAccessDenied for a certificate's file.</exception>
    public ArchiveClient(ArchiveStore store, ArchiveDefinition archive)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(archive);
        Archive = archive;
        var secret = store.SecretOf(archive);
        tls = new ArchiveTls(archive, secret);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = new ProxyOfOthers(),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = tls.Options(),
        };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("PacsbinPS", Deidentification.Deidentifier.Version));
        credentials = new ArchiveCredentials(archive, secret, AskForToken);
    }

    public ArchiveDefinition Archive { get; }

    /// <summary>How long an archive may be silent.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The wait before the first retry; it doubles with each.</summary>
    internal TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>What decides whether the server is trusted.</summary>
    internal ArchiveTls Tls => tls;

    /// <summary>Whether the archive itself has answered anything, a refusal included.</summary>
    internal bool HasAnswered { get; private set; }

    public void Dispose()
    {
        http.Dispose();
        tls.Dispose();
    }

    /// <summary>Sends a request once; the answer may say that it failed, but not that we are not welcome. Its body is not read yet.</summary>
    /// <param name="make">Makes the request, anew for each redirect.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="PacsbinException">ArchiveRefused for 401, 403, and a server that is not trusted; ArchiveFailed for a redirect that is not followed.</exception>
    /// <exception cref="HttpRequestException">There is no answer.</exception>
    internal async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var hasNewToken = false;
        while (true)
        {
            var response = await FollowAsync(make, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !hasNewToken && credentials.Forget(response.RequestMessage?.Headers.Authorization))
            {
                hasNewToken = true; // it may have been withdrawn before its time
                response.Dispose();
                continue;
            }

            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                using (response)
                {
                    throw new PacsbinException(PacsbinError.ArchiveRefused, $"The archive answers {(int)response.StatusCode}: it does not accept the credentials, or does not allow this with them.");
                }
            }

            return response;
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        Uri? address = null;
        for (var redirects = 0; ; redirects++)
        {
            using var request = make();
            address ??= request.RequestUri!;
            request.RequestUri = address;
            request.Headers.Authorization = await credentials.HeaderAsync(cancellationToken).ConfigureAwait(false);
            var response = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            HasAnswered = true;
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return response;
            }

            using (response)
            {
                // RFC 9110 15.4: only 307 and 308 keep the method of a request that is not GET.
                var keepsMethod = request.Method == HttpMethod.Get || (int)response.StatusCode is 307 or 308;
                var target = Uri.TryCreate(address, response.Headers.NonValidated.TryGetValues("Location", out var locations) ? locations.ToString() : null, out var found) ? found : null;
                if (target is null || !keepsMethod || redirects == MostRedirects || !IsSameOrigin(target, address))
                {
                    throw new PacsbinException(PacsbinError.ArchiveFailed, $"The archive answers {(int)response.StatusCode} and points elsewhere; only addresses of the same server are followed. Register the address that it points to, if it is the archive's.");
                }

                address = target;
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new PacsbinException(PacsbinError.ArchiveRefused, $"No secure connection to the archive. {tls.Refusal ?? "The TLS handshake failed; TLS 1.2 or later is needed."}");
        }
    }

    private async Task<string> AskForToken(FormUrlEncodedContent form, string clientId, string clientSecret, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Archive.TokenUri) { Content = form };
        var basic = $"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(clientSecret)}"; // RFC 6749 2.3.1
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        return (int)response.StatusCode switch
        {
            200 => await ReadTokenAsync(response, cancellationToken).ConfigureAwait(false),
            400 or 401 or 403 => throw new PacsbinException(PacsbinError.ArchiveRefused, $"The token endpoint answers {(int)response.StatusCode}: it does not accept the client."),
            408 or 429 or >= 500 => throw new PassingFailureException($"The token endpoint answers {(int)response.StatusCode}."),
            var status => throw new PacsbinException(PacsbinError.ArchiveFailed, $"The token endpoint answers {status}."),
        };
    }

    private static async Task<string> ReadTokenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var limited = new LimitedStream(body, MostTokenBytes, static () => { });
        using var reader = new StreamReader(limited, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The system's proxy, but not for this machine: the localhost of a proxy is another one.</summary>
    private sealed class ProxyOfOthers : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => ArchiveDefinition.IsThisMachine(host) || HttpClient.DefaultProxy.IsBypassed(host);
    }

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase) && one.UserInfo.Length == 0;
}
