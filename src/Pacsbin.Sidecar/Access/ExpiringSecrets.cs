namespace Pacsbin.Sidecar.Access;

/// <summary>Some secrets that are good for a while; the oldest gives way when there are too many.</summary>
internal sealed class ExpiringSecrets(TimeProvider time, int most, TimeSpan life)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);

    public (string Secret, DateTimeOffset Expires) Add()
    {
        var (secret, now) = (Access.Secret.New(), time.GetUtcNow());
        lock (turn)
        {
            foreach (var (hash, end) in ends.Where(e => e.Value <= now).ToList())
            {
                ends.Remove(hash);
            }

            if (ends.Count >= most)
            {
                ends.Remove(ends.MinBy(e => e.Value).Key);
            }

            ends[Secret.HashOf(secret)] = now + life;
        }

        return (secret, now + life);
    }

    public bool IsKnown(string? secret)
    {
        lock (turn)
        {
            return secret is { Length: Secret.Length } && ends.TryGetValue(Secret.HashOf(secret), out var end) && end > time.GetUtcNow();
        }
    }

    /// <summary>Uses a secret up; false if it was none.</summary>
    public bool Take(string? secret)
    {
        lock (turn)
        {
            return secret is { Length: Secret.Length } && ends.Remove(Secret.HashOf(secret), out var end) && end > time.GetUtcNow();
        }
    }
}
