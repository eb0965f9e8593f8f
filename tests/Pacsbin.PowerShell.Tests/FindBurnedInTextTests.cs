using Pacsbin.Review;

namespace Pacsbin.Tests;

public sealed class FindBurnedInTextTests : IDisposable
{
    static readonly string Loop = Path.Combine(Repository.Root, "examples", "data", "ultrasound");
    readonly ModuleSession session = new();
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin find [1]").FullName;

    public FindBurnedInTextTests() => session.Set("loop", Loop);

    public void Dispose()
    {
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("Find-BurnedInText $loop")]
    [InlineData("Find-BurnedInText -LiteralPath $loop -ThrottleLimit 1")]
    [InlineData("Get-DicomStudy $loop | Find-BurnedInText")]
    [InlineData("$s = Get-DicomStudy $loop; Find-BurnedInText -Study $s, $s")]
    public void Caption_is_proposed_once_and_its_text_is_not_told(string script)
    {
        var found = Assert.IsType<BurnedInText>(Assert.Single(session.Invoke(script)).BaseObject);
        Assert.Empty(session.Errors);
        Assert.True(found.Score > 0.6 && found.Y < 10 && found.Height < 30 && found.Width > 100, $"{found} {found.Score}");
        Assert.Null(found.Text);
        Assert.DoesNotContain("SAMPLE", found.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Text_is_told_when_asked_for()
    {
        Assert.SkipUnless(HasTesseract(), "tesseract is not installed.");
        var found = Assert.IsType<BurnedInText>(Assert.Single(session.Invoke("Find-BurnedInText $loop -IncludeText")).BaseObject);
        Assert.DoesNotContain(session.Warnings, w => w.Contains("tesseract", StringComparison.Ordinal));
        Assert.True(found.Text is null or { Length: > 3 });
    }

    [Fact]
    public void Study_without_text_goes_on_untouched()
    {
        session.Set("ct", Path.Combine(Repository.Root, "examples", "data", "ct"));
        session.Set("out", folder);
        Assert.Single(session.Invoke("$s = Get-DicomStudy $ct; Find-BurnedInText -Study $s -MinimumScore 0.9 | Add-RedactionRegion -Study $s | Invoke-PacsbinAnonymize -Destination $out"));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Invoke("Get-DicomStudy -LiteralPath $out | Get-RedactionRegion"));
    }

    [Fact]
    public void What_cannot_be_decoded_is_an_error_and_the_search_goes_on()
    {
        File.Copy(Path.Combine(Loop, "loop.dcm"), Path.Combine(folder, "good.dcm"));
        File.WriteAllBytes(Path.Combine(folder, "bad.dcm"), new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Element(0x00080018, "UI", "1.2.3.40").Element(0x0020000D, "UI", "1.2.3.4\0").Element(0x0020000E, "UI", "1.2.3.41")
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Numbers(0x00280010, "US", 8).Numbers(0x00280011, "US", 8)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0)
            .Fragments(0x7FE00010, [], [0, 0, 0, 0]).ToFile("1.2.840.10008.1.2.4.80"));
        session.Set("folder", folder);
        Assert.Single(session.Invoke("Find-BurnedInText -LiteralPath $folder"));
        var error = Assert.Single(session.Errors);
        Assert.StartsWith("UnsupportedTransferSyntax", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.EndsWith("bad.dcm", error.TargetObject.ToString(), StringComparison.Ordinal);
    }

    static bool HasTesseract() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, "tesseract")));
}
