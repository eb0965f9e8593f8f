using Pacsbin.Deidentification.Scripts.Functions;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Functions;

public sealed class CipherFunctionsTests
{
    // What OpenSSL's bf-ecb makes under the bytes that the key's characters spell.
    [Theory]
    [InlineData("hello", "8OHSw7Sllod4aVpLPC0eDw==", "5mdT28vminQ=")]
    [InlineData("PATID1é", "my key", "LvEm8sjcFItBBH6O+Fbm+Q==")]
    public void Blowfish_under_the_base64_characters_of_a_text(string value, string key, string encrypted)
    {
        Assert.Equal(encrypted, CipherFunctions.Encrypt(value, key));
        Assert.Equal(value, CipherFunctions.Decrypt(encrypted, key));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("5mdT28vminQ=")]
    public void What_was_not_encrypted_with_the_key_has_no_value(string value) => Assert.Null(CipherFunctions.Decrypt(value, "another key"));
}
