namespace Pacsbin.Tests.Archives;

public sealed class OverheardTests : ArchiveTests
{
    [Fact]
    public void Secret_and_identifier_in_any_text_are_found()
    {
        (string, string)[] texts = [("A", "All is well."), ("B", "Bearer ABC-secret was refused.")];
        string leak = Assert.Single(Overheard.Leaks(texts, new Dictionary<string, string> { ["abc-Secret"] = "token", ["unsaid"] = "password" }));
        Assert.Equal("token in B: Bearer [token] was refused.", leak);
    }

    [Fact]
    public void Every_stream_is_heard()
    {
        var heard = new List<string>();
        using var session = new ModuleSession(Root, heard.Add);
        var study = Studies.Make(2);
        study.WriteTo(Studies.Source);
        File.WriteAllBytes(Path.Combine(Studies.Source, "broken.dcm"), study.Files[0][..400]);
        session.Invoke("Get-DicomStudy source; Invoke-PacsbinAnonymize source -Destination out -WhatIf; Get-PacsbinArchive 'no such archive'; $Host.UI.WriteLine('a line')");
        foreach (string said in new[] { "Found 1 studies", "What if: ", "No archive of this name", "ObjectNotFound: (no such archive:String)", "PacsbinException", "a line", "Finding DICOM studies", "broken.dcm" })
            Assert.Contains(heard, t => t.Contains(said, StringComparison.Ordinal));
        Assert.ThrowsAny<System.Management.Automation.RuntimeException>(() => session.Invoke("$ErrorActionPreference = 'Stop'; Invoke-PacsbinAnonymize source -Destination out -Exact"));
        Assert.Contains(heard, t => t.Contains("-Exact says how", StringComparison.Ordinal));
    }
}
