using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Paddings;
using Org.BouncyCastle.Crypto.Parameters;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>CTP's encrypt and decrypt: Blowfish, block by block, under 128 bits that the base64 characters of a text spell.</summary>
/// <remarks>Equal blocks of eight bytes are equal when encrypted; what CTP wrote can only be read this way.</remarks>
internal static class CipherFunctions
{
    private const int KeyCharacters = 22;

    // CTP puts this behind a text that is too short.
    private const string Filler = "tszyihnnphlyeaglle";

    /// <summary>A value's UTF-8 bytes, padded and encrypted, in base64.</summary>
    internal static string Encrypt(string value, string key) => Convert.ToBase64String(Run(forEncryption: true, key, Encoding.UTF8.GetBytes(value)));

    /// <summary>What was encrypted with the key; null for what was not.</summary>
    internal static string? Decrypt(string value, string key)
    {
        try
        {
            return Encoding.UTF8.GetString(Run(forEncryption: false, key, Convert.FromBase64String(value)));
        }
        catch (Exception e) when (e is FormatException or CryptoException)
        {
            return null;
        }
    }

    private static byte[] Run(bool forEncryption, string key, byte[] input)
    {
        var cipher = new PaddedBufferedBlockCipher(new EcbBlockCipher(new BlowfishEngine()));
        cipher.Init(forEncryption, new KeyParameter(KeyOf(key)));
        return cipher.DoFinal(input);
    }

    private static byte[] KeyOf(string text)
    {
        var characters = new StringBuilder(string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/')));
        while (characters.Length < KeyCharacters)
        {
            characters.Append(Filler);
        }

        return Convert.FromBase64String(characters.ToString(0, KeyCharacters) + "==");
    }
}
