using System.Text;
using System.Text.Unicode;

namespace Pacsbin.Redaction.Devices;

/// <summary>Reads files that people write: UTF-8, UTF-16 with its mark, or Latin-1; JSON is UTF-8 or UTF-16.</summary>
internal static class ScriptFile
{
    /// <summary>Reads a whole file as text.</summary>
    /// <param name="path">A file, or a pipe.</param>
    /// <param name="what">What messages call it.</param>
    /// <param name="mostBytes">A longer file is not read.</param>
    /// <param name="isJson">Whether a text is JSON.</param>
    /// <exception cref="PacsbinException">InvalidScript; FileNotFound, FileAccessDenied or FileIo.</exception>
    internal static string Read(string path, string what, int mostBytes, Func<string, bool> isJson)
    {
        byte[] bytes;
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[stream.CanSeek ? (int)Math.Min(stream.Length, mostBytes) + 1 : mostBytes + 1]; // a pipe has no length
            bytes = buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }

        return bytes.Length > mostBytes ? throw TooLong(what, mostBytes) : Decode(bytes, isJson);
    }

    internal static PacsbinException TooLong(string what, int mostBytes) =>
        new(PacsbinError.InvalidScript, $"The {what} is longer than {mostBytes} bytes.");

    internal static string Decode(byte[] bytes, Func<string, bool> isJson)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return (bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes, 2, bytes.Length - 2);
        }

        var text = bytes.AsSpan(bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);
        var isUtf8 = Utf8.IsValid(text);
        var decoded = (isUtf8 ? Encoding.UTF8 : Encoding.Latin1).GetString(text);
        return isUtf8 || !isJson(decoded) ? decoded : throw new PacsbinException(PacsbinError.InvalidScript, "The JSON is not UTF-8.");
    }
}
