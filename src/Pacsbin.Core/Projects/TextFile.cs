using System.Text;

namespace Pacsbin.Projects;

/// <summary>Reads a file of text that a person or another program has made.</summary>
internal static class TextFile
{
    private const int MaximumLength = 256 * 1024 * 1024;

    /// <summary>Reads UTF-8, with or without byte order mark.</summary>
    /// <exception cref="PacsbinException">MalformedElement with line and column if it is no UTF-8; LimitExceeded; FileNotFound, FileIo, FileAccessDenied.</exception>
    public static string ReadUtf8(string path)
    {
        var bytes = Read(path);
        ReadOnlySpan<byte> rest = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(rest);
        }
        catch (DecoderFallbackException e)
        {
            var before = rest[..Math.Clamp(e.Index, 0, rest.Length)];
            throw TextProblem.At(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), "The file is not UTF-8.");
        }
    }

    /// <summary>Reads ISO 8859-1, in which every byte is a character.</summary>
    /// <exception cref="PacsbinException">LimitExceeded; FileNotFound, FileIo, FileAccessDenied.</exception>
    public static string ReadLatin1(string path) => Encoding.Latin1.GetString(Read(path));

    private static byte[] Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaximumLength)
            {
                throw new PacsbinException(PacsbinError.LimitExceeded, $"The file has more than {MaximumLength} bytes.");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }
}
