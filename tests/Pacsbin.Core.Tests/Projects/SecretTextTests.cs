using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public class SecretTextTests
{
    [Fact]
    public void A_text_is_stretched_by_pbkdf2()
    {
        const string Program = "import hashlib; print(hashlib.pbkdf2_hmac('sha256', 'pässword of 山田'.encode(), b'PacsbinPS pseudonyms 1', 600000).hex())";
        Assert.Equal(Peer.Run(Peer.Python, ["-c", Program]).Output.Trim(), Convert.ToHexStringLower(SecretText.KeyOf("pässword of 山田")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n")]
    public void A_raw_key_is_taken_as_it_is(string ending) =>
        Assert.Equal(ProjectFolder.Key, SecretText.KeyOf($"pacsbin-key-1:{Convert.ToBase64String(ProjectFolder.Key)}{ending}"));

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
        var error = Assert.Throws<PacsbinException>(() => SecretText.KeyOf(text));
        Assert.Equal(PacsbinError.KeyMissing, error.Error);
        Assert.DoesNotContain("AAAA", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("letters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_counts_in_bytes_of_utf8() => Assert.Equal(32, SecretText.KeyOf("山田山田山田").Length);
}
