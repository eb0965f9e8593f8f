using Pacsbin.Deidentification.Scripts.Functions;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Functions;

public sealed class TextFunctionsTests
{
    [Theory]
    [InlineData("DOE^JOHN^Q", "JQD")]
    [InlineData("doe^ john  q", "JQD")]
    [InlineData("ßa^b", "BSS")]
    [InlineData(" ^ ", "X")]
    public void Initials_have_the_last_names_at_the_end(string name, string expected) => Assert.Equal(expected, TextFunctions.Initials(name));

    [Theory]
    [InlineData("XYZ1", 3, "ABC1")]
    [InlineData("ABC", -1, "ZAB")]
    [InlineData("A", int.MinValue, "C")]
    public void Initials_are_moved_along_the_alphabet(string text, int offset, string expected) => Assert.Equal(expected, TextFunctions.Caesar(text, offset));

    [Theory]
    [InlineData("067Y", 5, "065Y")]
    [InlineData("068Y", 5, "070Y")]
    [InlineData("005Y", 10, "010Y")]
    [InlineData("068Y", 0, "0Y")]
    [InlineData("Y", 5, null)]
    public void Ages_are_rounded(string age, int width, string? expected) => Assert.Equal(expected, TextFunctions.Round(age, width));

    [Theory]
    [InlineData("CHEST DOE", 5, "CHEST")]
    [InlineData("ABC", 5, "ABC")]
    [InlineData("ACC123456 ", -4, "3456")]
    [InlineData("ABC", -4, "ABC")]
    [InlineData("ABC", int.MinValue, "ABC")]
    [InlineData("ABC", 0, "")]
    public void Values_are_cut_at_either_end(string value, int length, string expected) => Assert.Equal(expected, TextFunctions.Truncate(value, length));

    [Theory]
    [InlineData("/a/b/c", 1, "a")]
    [InlineData("/a/b/c/", -1, "c")]
    [InlineData("a/b", 2, "a/b")]
    [InlineData("a/b", -3, "a/b")]
    public void Parts_of_paths_are_counted_from_either_end(string path, int index, string expected) => Assert.Equal(expected, TextFunctions.PathElement(path, index));

    [Theory]
    [InlineData("CHEST DOE", "D.E", "XXX", "CHEST XXX")]
    [InlineData("CHEST DOE", "[A-Z]+ ", "", "DOE")]
    [InlineData("DOE^JOHN", @"(\w+)\^(\w+)", "$2 $1", "JOHN DOE")]
    [InlineData("DOE", "(D)(O)", "$2\\$$12", "O$D2E")]
    [InlineData("DOE", "(?<n>D)", "${n}${n}", "DDOE")]
    [InlineData("aXbX", "(a)X(?=b)", "$1", "abX")]
    public void Matches_are_replaced_as_java_does(string value, string expression, string replacement, string expected) =>
        Assert.Equal(expected, ContentsPattern.Create(expression, replacement, out _)!.Replace(value));

    [Theory]
    [InlineData("(", "", "The expression is not a regular expression.")]
    [InlineData("a", "$1", "The replacement refers to what the expression has no group for.")]
    [InlineData("a", "x\\", "The replacement refers to what the expression has no group for.")]
    [InlineData("(?<n>a)(b)", "$1", "The replacement refers to what the expression has no group for.")]
    [InlineData("a", "${n}", "The replacement refers to what the expression has no group for.")]
    public void What_java_would_not_replace_is_said(string expression, string replacement, string expected)
    {
        Assert.Null(ContentsPattern.Create(expression, replacement, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Search_that_takes_too_long_has_no_result() =>
        Assert.Null(ContentsPattern.Create(@"(?=x)|^(a+)+\1$", "", out _)!.Replace(new string('a', 60) + "b"));

    [Theory]
    [InlineData("straße ﬁ ᾳ", "STRASSE FI ΑΙ")]
    [InlineData("é😀漢", "É😀漢")]
    public void Letters_become_capitals_as_unicode_says(string text, string expected) => Assert.Equal(expected, TextFunctions.UpperCase(text));

    [Theory]
    [InlineData("ΟΔΟΣ ΣΑ", "οδος σα")]
    [InlineData("İÉ", "i̇é")]
    public void Letters_become_small_as_unicode_says(string text, string expected) => Assert.Equal(expected, TextFunctions.LowerCase(text));
}
