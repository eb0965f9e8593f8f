using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Looks for a token in a file's bytes in every encoding that it could be there in, in any case, and inside deflate streams.</summary>
internal static class TokenSearch
{
    private const int InflatedLimit = 64 * 1024 * 1024;

    // PS3.5 6.1: the repertoires that have Latin letters of their own width beside ASCII's.
    private static readonly string[] WideNames = ["utf-8", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "gb18030", "big5"];
    private static readonly Encoding[] Wide = WideEncodings();

    /// <summary>Where the token is; null if it is nowhere.</summary>
    public static string? Find(byte[] file, string token)
    {
        if (FindPlain(file, token) is { } plain)
        {
            return plain;
        }

        foreach (var (name, inflated) in Inflated(file))
        {
            if (FindPlain(inflated, token) is { } where)
            {
                return $"{where} inside {name}";
            }
        }

        return null;
    }

    private static string? FindPlain(byte[] bytes, string token)
    {
        var folded = Fold(bytes);
        foreach (var (name, pattern) in Patterns(token))
        {
            var at = folded.AsSpan().IndexOf(Fold(pattern));
            if (at >= 0)
            {
                return $"{name} at byte {at}";
            }
        }

        return null;
    }

    private static IEnumerable<(string Name, byte[] Pattern)> Patterns(string token)
    {
        yield return ("ASCII", Encoding.ASCII.GetBytes(token));
        yield return ("UTF-16LE", Encoding.Unicode.GetBytes(token));
        yield return ("UTF-16BE", Encoding.BigEndianUnicode.GetBytes(token));
        yield return ("UTF-32LE", Encoding.UTF32.GetBytes(token));
        yield return ("backwards", [.. Encoding.ASCII.GetBytes(token).Reverse()]);
        yield return ("bytes swapped", Swap(Encoding.ASCII.GetBytes(token)));
        yield return ("hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexString(Encoding.ASCII.GetBytes(token))));
        foreach (var folded in new[] { token, token.ToLowerInvariant() })
        {
            var wide = string.Concat(folded.Select(c => (char)(c + 0xFEE0)));
            foreach (var encoding in Wide)
            {
                yield return ($"full width in {encoding.WebName}", encoding.GetBytes(wide));
            }
        }

        for (var shift = 0; shift < 3; shift++)
        {
            // Base64 without the characters that share bits with what is before and after.
            var text = Convert.ToBase64String([.. new byte[shift], .. Encoding.ASCII.GetBytes(token)]).TrimEnd('=');
            yield return ("base64", Encoding.ASCII.GetBytes(text[(shift == 0 ? 0 : shift + 1)..^1]));
        }
    }

    private static byte[] Swap(byte[] bytes)
    {
        var swapped = bytes[..(bytes.Length & ~1)];
        for (var i = 0; i < swapped.Length; i += 2)
        {
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
        }

        return swapped;
    }

    private static byte[] Fold(byte[] bytes)
    {
        var folded = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            folded[i] = bytes[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(bytes[i] - 32) : bytes[i];
        }

        return folded;
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Inflated(byte[] file)
    {
        if (file.Length > 144 && file.AsSpan(128, 4).SequenceEqual("DICM"u8))
        {
            // PS3.10 7.1: group 0002 starts with its own length, and PS3.5 A.5 deflates all that follows.
            var start = 144L + BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(140));
            if (start < file.Length && TryInflate(file.AsSpan((int)start).ToArray(), isZlib: false) is { } dataset)
            {
                yield return ("the deflated data set", dataset);
            }
        }

        for (var i = 0; i + 2 < file.Length; i++)
        {
            if (file[i] == 0x78 && ((file[i] << 8) | file[i + 1]) % 31 == 0 && TryInflate(file[i..], isZlib: true) is { } stream)
            {
                yield return ($"the zlib stream at byte {i}", stream);
            }
        }

        foreach (var (number, fragment) in Fragments(file).Index())
        {
            if (TryInflate(fragment, isZlib: false) is { } frame)
            {
                yield return ($"fragment {number}", frame);
            }
        }
    }

    private static List<byte[]> Fragments(byte[] file)
    {
        var result = new List<byte[]>();
        try
        {
            using var opened = DicomFile.Open(new DicomSource(file));
            if (opened.TransferSyntax == TransferSyntax.DeflatedImageFrameCompression
                && opened.Dataset.TryGet(Tags.PixelData, out var pixels) && pixels.Fragments is { } fragments)
            {
                for (var i = 0; i < fragments.Count; i++)
                {
                    var bytes = new byte[fragments[i].Length];
                    opened.Source.ReadExactly(fragments[i].Offset, bytes);
                    result.Add(bytes);
                }
            }
        }
        catch (PacsbinException)
        {
            // Then there is nothing that our reader calls a fragment.
        }

        return result;
    }

    private static byte[]? TryInflate(byte[] compressed, bool isZlib)
    {
        using var input = new MemoryStream(compressed);
        using Stream inflater = isZlib ? new ZLibStream(input, CompressionMode.Decompress) : new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        try
        {
            var buffer = new byte[64 * 1024];
            for (int read; output.Length < InflatedLimit && (read = inflater.Read(buffer)) > 0;)
            {
                output.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // What came before the damage counts all the same.
        }

        return output.Length > 8 ? output.ToArray() : null;
    }

    private static Encoding[] WideEncodings()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return [.. WideNames.Select(Encoding.GetEncoding)];
    }
}
