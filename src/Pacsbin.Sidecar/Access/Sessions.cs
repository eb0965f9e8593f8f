namespace Pacsbin.Sidecar.Access;

/// <summary>Who may come in: the bearer of this start's token, and browsers that came by a one-time link.</summary>
internal sealed class Sessions
{
    private const int MostCodes = 64;
    private const int MostSessions = 256;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);
    private readonly ExpiringSecrets codes;
    private readonly ExpiringSecrets sessions;
    private readonly string tokenHash;

    /// <summary>Starts with a new token and no session.</summary>
    /// <param name="token">The token, which is not kept here.</param>
    /// <param name="time">The clock.</param>
    public Sessions(string token, TimeProvider time)
    {
        codes = new ExpiringSecrets(time, MostCodes, CodeLife);
        sessions = new ExpiringSecrets(time, MostSessions, SessionLife);
        tokenHash = Secret.HashOf(token);
    }

    /// <summary>Whether a text is the token.</summary>
    public bool IsToken(string? given) => Secret.IsOf(tokenHash, given);

    /// <summary>Whether a text is a session that has not ended.</summary>
    public bool IsSession(string? given) => sessions.IsKnown(given);

    /// <summary>Makes a code that logs in once, within five minutes.</summary>
    public (string Code, DateTimeOffset Expires) NewCode() => codes.Add();

    /// <summary>Takes a code and gives a session for it; null if the code is not one, or not any more.</summary>
    public (string Session, DateTimeOffset Expires)? LogIn(string? code) => codes.Take(code) ? sessions.Add() : null;
}
