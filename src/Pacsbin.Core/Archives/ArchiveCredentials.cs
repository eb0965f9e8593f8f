using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pacsbin.Archives;

/// <summary>Makes the Authorization header of requests; a token of OAuth 2.0 is kept until shortly before it ends.</summary>
/// <param name="archive">Says how the archive knows who asks.</param>
/// <param name="secret">Password, token or client secret; null for none.</param>
/// <param name="ask">Asks the token endpoint with a form, client id and client secret; gives the JSON text of its answer.</param>
internal sealed class ArchiveCredentials(ArchiveDefinition archive, string? secret, Func<FormUrlEncodedContent, string, string, CancellationToken, Task<string>> ask)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private Task<(string Token, DateTimeOffset End)>? token;

    /// <summary>The header; null for none.</summary>
    /// <exception cref="PacsbinException">ArchiveRefused, ArchiveFailed of the token endpoint.</exception>
    public async ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellationToken) => archive.Authentication switch
    {
        ArchiveAuthentication.Basic => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{archive.UserName}:{secret}"))),
        ArchiveAuthentication.Bearer => new("Bearer", secret),
        ArchiveAuthentication.OAuth2ClientCredentials => new("Bearer", await TokenAsync(cancellationToken).ConfigureAwait(false)),
        _ => null,
    };

    /// <summary>Drops a token that the archive does not accept, unless it was replaced meanwhile; false if none can be asked for anew.</summary>
    /// <param name="rejected">The header that was not accepted.</param>
    public bool Forget(AuthenticationHeaderValue? rejected)
    {
        lock (gate)
        {
            if (token is { IsCompletedSuccessfully: true } known && known.Result.Token == rejected?.Parameter)
            {
                token = null;
            }
        }

        return archive.Authentication == ArchiveAuthentication.OAuth2ClientCredentials;
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        Task<(string Token, DateTimeOffset End)> asked;
        lock (gate)
        {
            var isUsable = token is { IsCompleted: false } || (token is { IsCompletedSuccessfully: true } known && known.Result.End > DateTimeOffset.UtcNow + Margin);
            asked = token = isUsable ? token! : AskAsync(cancellationToken);
        }

        return (await asked.ConfigureAwait(false)).Token;
    }

    private async Task<(string Token, DateTimeOffset End)> AskAsync(CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (archive.Scope is { } scope)
        {
            fields["scope"] = scope;
        }

        using var form = new FormUrlEncodedContent(fields);
        var text = await ask(form, archive.UserName!, secret!, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            // RFC 6749 wants a number; not every endpoint writes one.
            var end = root.TryGetProperty("expires_in", out var seconds) && double.TryParse(seconds.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var left) && left is > 0 and < 1e8
                ? TimeSpan.FromSeconds(left)
                : TimeSpan.FromMinutes(5);
            if (root.TryGetProperty("access_token", out var value) && value.GetString() is { Length: > 0 } found && ArchiveStore.IsHeaderText(found))
            {
                return (found, DateTimeOffset.UtcNow + end);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Said below, without the text, which may hold a token.
        }

        throw new PacsbinException(PacsbinError.ArchiveFailed, "The token endpoint does not answer as RFC 6749 section 5.1 has it.");
    }
}
