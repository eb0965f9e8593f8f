using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public class SecretTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("00112233445566778899aabbccddeeff")]
    public void A_text_is_stretched_by_pbkdf2_with_the_project_in_the_salt(string? projectId)
    {
        var program = $"import hashlib; print(hashlib.pbkdf2_hmac('sha256', 'pässword of 山田'.encode(), b'PacsbinPS pseudonyms 1{projectId}', 600000).hex())";
        Assert.Equal(Peer.Run(Peer.Python, ["-c", program]).Output.Trim(), Convert.ToHexStringLower(SecretText.KeyOf("pässword of 山田", projectId)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n")]
    public void A_raw_key_is_taken_as_it_is(string ending) =>
        Assert.Equal(ProjectFolder.Key, SecretText.KeyOf($"pacsbin-key-1:{Convert.ToBase64String(ProjectFolder.Key)}{ending}", "any"));

    [Theory]
    [InlineData("")]
    [InlineData("fifteen letters")]
    [InlineData("pacsbin-key-1:")]
    [InlineData("pacsbin-key-1:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pacsbin-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pacsbin-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pacsbin-key-1:?????????????????????????????????????????????")]
    [InlineData("pacsbin-key-2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pacsbin-key-1-dpapi:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_key_is_refused_and_not_told(string text)
    {
        var error = Assert.Throws<PacsbinException>(() => SecretText.KeyOf(text, null));
        Assert.Equal(PacsbinError.KeyMissing, error.Error);
        Assert.DoesNotContain("AAAA", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("letters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_counts_in_bytes_of_utf8() => Assert.Equal(32, SecretText.KeyOf("山田山田山田", null).Length);
}
