using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.PowerShell;

/// <summary>A sidecar did not take a request, for a reason that is no <see cref="PacsbinError"/>.</summary>
internal sealed class SidecarRefusedException(string message) : Exception(message);

/// <summary>Asks a sidecar, with the token of its file.</summary>
internal sealed class SidecarClient : IDisposable
{
    private const int LongestToken = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient http;

    /// <param name="url">Where it answers.</param>
    /// <param name="tokenPath">The file with its token; null to ask only what needs none.</param>
    /// <exception cref="PacsbinException">FileNotFound, FileIo, FileAccessDenied; KeyMissing if the file holds no token.</exception>
    public SidecarClient(Uri url, string? tokenPath)
    {
        var token = tokenPath is null ? null : TokenOf(tokenPath);
        // No proxy: it would see the token, and would not reach this machine.
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = url, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Whether it is ready to work.</summary>
    public bool IsReady(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = http.Send(new HttpRequestMessage(HttpMethod.Get, "/readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Sends a request; gives the JSON of the answer, or null if it has none.</summary>
    /// <exception cref="PacsbinException">What the sidecar said; FileNotFound if nobody answers; KeyMissing if the token is another's.</exception>
    /// <exception cref="SidecarRefusedException">The request was not understood.</exception>
    public JsonNode? Send(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        HttpResponseMessage answer;
        try
        {
            answer = http.Send(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "No sidecar answers there.");
        }

        using (answer)
        {
            using var stream = answer.Content.ReadAsStream(cancellationToken);
            var content = answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" ? JsonNode.Parse(stream) : null;
            return answer.IsSuccessStatusCode ? content : throw Refusal((int)answer.StatusCode, content);
        }
    }

    public void Dispose() => http.Dispose();

    private static Exception Refusal(int status, JsonNode? problem)
    {
        var (title, detail) = ((string?)problem?["title"], (string?)problem?["detail"]);
        return status == 401 ? new PacsbinException(PacsbinError.KeyMissing, "The token is not that of the sidecar.")
            : Enum.TryParse<PacsbinError>(title, out var error) ? new PacsbinException(error, detail ?? "The sidecar refused the request.")
            : new SidecarRefusedException(detail ?? title ?? "The sidecar refused the request.");
    }

    private static string TokenOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[LongestToken];
            var text = Encoding.ASCII.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Trim();
            return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? text : throw new PacsbinException(PacsbinError.KeyMissing, "The file holds no token of a sidecar.");
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }
}
