using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Pacsbin.Projects;

/// <summary>What the audit log tells of one look at originals; nothing of the originals.</summary>
/// <param name="Action">Resolve or Export.</param>
/// <param name="Asked">The pseudonym or new UID; null for all, or if nothing was found.</param>
/// <param name="Fingerprint">A keyed hash of what was asked and not found.</param>
/// <param name="Found">How many identities were given.</param>
/// <param name="Reason">Why, in the words of who asked.</param>
internal sealed record AuditEntry(string Action, string? Asked, string? Fingerprint, int Found, string Reason)
{
    /// <summary>Makes the line of the log, without its end.</summary>
    /// <param name="number">The line's number in the chain, from 1.</param>
    /// <param name="previous">The hash of the line before.</param>
    /// <param name="key">The key of the chain.</param>
    public AuditLine ToLine(long number, string previous, byte[] key)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("line", number);
            writer.WriteString("time", DateTimeOffset.UtcNow);
            writer.WriteString("user", Environment.UserName);
            writer.WriteString("machine", Environment.MachineName);
            writer.WriteString("action", Action);
            if (Asked is not null)
            {
                writer.WriteString("asked", Asked);
            }

            if (Fingerprint is not null)
            {
                writer.WriteString("fingerprint", Fingerprint);
            }

            writer.WriteNumber("found", Found);
            writer.WriteString("reason", Reason);
            writer.WriteString("previous", previous);
            writer.WriteEndObject();
        }

        return AuditLine.Seal(bytes.WrittenSpan[..^1], number, previous, key);
    }
}

/// <summary>One line of the audit log: JSON that ends with a keyed hash of all before it, the hash of the line before included.</summary>
/// <param name="Number">Its number in the chain, from 1.</param>
/// <param name="Previous">The hash of the line before.</param>
/// <param name="Hash">HMAC-SHA256, 64 hexadecimal digits.</param>
/// <param name="Bytes">The line without its end.</param>
internal sealed record AuditLine(long Number, string Previous, string Hash, byte[] Bytes)
{
    private const int HashLength = 64;

    /// <summary>The hash before the first line.</summary>
    public static string Beginning { get; } = new('0', HashLength);

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Ends an object with its hash.</summary>
    public static AuditLine Seal(ReadOnlySpan<byte> open, long number, string previous, byte[] key)
    {
        var hash = Convert.ToHexStringLower(HMACSHA256.HashData(key, open));
        return new AuditLine(number, previous, hash, [.. open, .. HashMember, .. System.Text.Encoding.ASCII.GetBytes(hash), .. End]);
    }

    /// <summary>Reads a line; null if it is not what was written with this key.</summary>
    public static AuditLine? Parse(ReadOnlySpan<byte> line, byte[] key)
    {
        var openLength = line.Length - HashMember.Length - HashLength - End.Length;
        if (openLength <= 0 || !line[openLength..].StartsWith(HashMember) || !line.EndsWith(End))
        {
            return null;
        }

        var hash = line.Slice(openLength + HashMember.Length, HashLength);
        var expected = System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(key, line[..openLength])));
        if (!CryptographicOperations.FixedTimeEquals(hash, expected))
        {
            return null;
        }

        using var json = JsonDocument.Parse(line.ToArray());
        var root = json.RootElement;
        return new AuditLine(root.GetProperty("line").GetInt64(), root.GetProperty("previous").GetString()!, root.GetProperty("hash").GetString()!, line.ToArray());
    }

    public override string ToString() => nameof(AuditLine);
}
