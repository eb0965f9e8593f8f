using System.Security.Cryptography;
using System.Text;
using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

/// <summary>The way from a PACS to an archive, both real servers.</summary>
public sealed class OrthancRoundTripTests : ArchiveTests
{
    const int Images = 250;
    const string Password = "the-archives-pa55word";

    [Fact]
    public async Task Five_hundred_files_arrive_as_they_were_approved_and_nothing_identified_stays()
    {
        PacsStudy[] studies = [Studies.Make(Images, series: 2), Studies.Make(Images, series: 5)];
        using var certificates = new TestCertificates();
        TestCertificates.WriteCertificate(certificates.Authority, Root, "ca.pem");
        await using var pacs = await RequiredServer.OrthancAsync();
        await using var archive = await RequiredServer.OrthancAsync(new()
        {
            Certificate = certificates.Server, Users = new Dictionary<string, string> { ["sender"] = Password }, CountsArrivals = true,
        });
        Store(studies, pacs);
        Assert.Equal(2 * Images, await pacs.CountAsync());
        Register("pacs", pacs.DicomWebRoot);
        Session.Set("credential", new System.Management.Automation.PSCredential("sender", Secret(Password)));
        Register("archive", archive.DicomWebRoot, "-Authentication Basic -Credential $credential -CaFile ca.pem");
        var tested = Run("Test-PacsbinArchive $pacs, $archive").Cast<ArchiveTestResult>().ToList();
        Assert.All(tested, t => Assert.Equal((null, ServiceState.Answers, ServiceState.Answers, ServiceState.Answers), (t.Problem, t.Qido, t.Wado, t.Stow)));
        Assert.Matches("^Tls1[23]$", tested[1].Tls!);

        var results = Run("""
            Get-DicomStudy -Archive $pacs -PatientId KIS-* |
                Receive-DicomStudy -Transient |
                Invoke-PacsbinAnonymize -Destination out -Key $key |
                Approve-PacsbinStudy |
                Send-PacsbinStudy -Archive $archive
            """).Cast<SendResult>().ToList();
        Assert.Empty(Errors);
        Assert.Equal(2, results.Count);
        Assert.All(results, r => Assert.Equal((Images, 0, 0, true), (r.Stored, r.Failed, r.Skipped, r.IsVerified)));

        var files = Studies.Copies.SelectMany(c => Manifest.Read(c)!.Files.Select(f => (Path: Path.Combine(c, f.Name), f.Sha256))).ToList();
        Assert.Equal(2 * Images, files.Count);
        Assert.Equal(2 * Images, await archive.CountAsync());
        Assert.Equal(files.Select(f => Path.GetFileNameWithoutExtension(f.Path)).Order(StringComparer.Ordinal), await archive.SopInstanceUidsAsync());
        Assert.All(archive.Arrivals().Values, count => Assert.Equal(1, count));
        string[] identifiers = [.. studies.SelectMany(s => s.Identifiers), "WINTERHALTER"];
        foreach (var (path, sha256) in files)
        {
            byte[] stored = await archive.StoredBytesAsync(Path.GetFileNameWithoutExtension(path));
            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(stored)));
            byte[] approved = await File.ReadAllBytesAsync(path, Cancel);
            Assert.True(stored.AsSpan().SequenceEqual(approved));
            string text = Encoding.Latin1.GetString(stored);
            Assert.DoesNotContain(identifiers, i => text.Contains(i, StringComparison.OrdinalIgnoreCase));
        }

        string index = await archive.Control.GetStringAsync("patients?expand", Cancel) + await archive.Control.GetStringAsync("studies?expand", Cancel) + await archive.Control.GetStringAsync("series?expand", Cancel);
        Assert.Contains("PatientID", index, StringComparison.Ordinal);
        Assert.DoesNotContain(identifiers, i => index.Contains(i, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Studies.Identified(Root));
        Assert.Empty(Studies.IdentifiedTransient());

        long change = await archive.ChangeIndexAsync();
        results = [.. Run("Send-PacsbinStudy out -Archive $archive").Cast<SendResult>()];
        Assert.All(results, r => Assert.Equal((0, 0, Images, true), (r.Stored, r.Failed, r.Skipped, r.IsVerified)));
        Assert.Equal(change, await archive.ChangeIndexAsync());
    }

    [Theory]
    [InlineData("-PatientName $s.PatientName", 1)]
    [InlineData("-PatientName ($s.PatientName.Substring(0, 14) + '^*')", 1)]
    [InlineData("-PatientName ($s.PatientName.Substring(0, 14) + '^B*')", 0)]
    [InlineData("-PatientName ZIMMER*", 2)]
    [InlineData("-PatientId $s.PatientId", 1)]
    [InlineData("-PatientId KIS-????????", 2)]
    [InlineData("-PatientId KIS-*, X", 2)]
    [InlineData("-PatientId ('[KL]IS' + $s.PatientId.Substring(3))", 1)]
    [InlineData("-AccessionNumber ACC*", 2)]
    [InlineData("-StudyInstanceUid $s.Uid -Modality CT -Since 2024-03-10 -Until 2024-03-10", 1)]
    [InlineData("-Modality MR", 1)]
    [InlineData("-Since 2024-03-11", 0)]
    public async Task Orthanc_finds_what_is_asked_for(string parameters, int expected)
    {
        await using var pacs = await RequiredServer.OrthancAsync();
        var one = Studies.Make(1);
        foreach (byte[] file in one.Files.Concat(Studies.Make(2, "MR").Files)) await pacs.UploadAsync(file);
        Register("pacs", pacs.DicomWebRoot);
        Session.Set("s", one);
        Assert.Equal(expected, RunForStudies($"Get-DicomStudy -Archive $pacs {parameters}").Count);
        Assert.Empty(Errors);
    }

    [Fact]
    public async Task Wrong_password_is_refused_and_nothing_arrives()
    {
        using var certificates = new TestCertificates();
        TestCertificates.WriteCertificate(certificates.Authority, Root, "ca.pem");
        await using var archive = await RequiredServer.OrthancAsync(new() { Certificate = certificates.Server, Users = new Dictionary<string, string> { ["sender"] = Password } });
        Approve(Studies.Make(3));
        Session.Set("credential", new System.Management.Automation.PSCredential("sender", Secret("another-pa55word")));
        Register("archive", archive.DicomWebRoot, "-Authentication Basic -Credential $credential -CaFile ca.pem");
        Assert.Empty(Run("Send-PacsbinStudy out -Archive $archive"));
        Assert.Equal("ArchiveRefused", OnlyError().Id);
        Assert.Equal(0, await archive.CountAsync());
        Assert.Equal(StudyState.Approved, Manifest.Read(Studies.Copies[0])!.State);
    }

    /// <summary>Puts studies into a server by C-STORE, as scanners do.</summary>
    static void Store(PacsStudy[] studies, OrthancServer pacs)
    {
        var folder = Directory.CreateTempSubdirectory("scanner-");
        try
        {
            foreach (var study in studies) study.WriteTo(folder.FullName);
            var sent = Peer.Run("storescu", ["-aec", OrthancServer.AeTitle, "+sd", "127.0.0.1", $"{pacs.DicomPort}", folder.FullName]);
            Assert.True(sent.ExitCode == 0, sent.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
