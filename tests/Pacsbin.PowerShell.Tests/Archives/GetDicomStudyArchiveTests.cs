using System.Management.Automation;
using System.Text.Json.Nodes;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

public sealed class GetDicomStudyArchiveTests : ArchiveTests
{
    readonly PacsStudy[] studies;

    public GetDicomStudyArchiveTests()
    {
        studies = [Studies.Make(2, date: "20240310"), Studies.Make(1, "MR", "20240512"), Studies.Make(3, "CT", "20231231", series: 3)];
        for (int i = 0; i < studies.Length; i++) Session.Set($"s{i}", studies[i]);
    }

    public static TheoryData<string, string> Conditions => new()
    {
        { "", "0 1 2" },
        { "-PatientId $s1.PatientId", "1" },
        { "-PatientId $s1.PatientId, $s2.PatientId", "1 2" },
        { "-PatientId kis-nobody, $s0.PatientId", "0" },
        { "-PatientId KIS-*", "0 1 2" },
        { "-PatientId ('kis-' + $s2.PatientId.Substring(4, 7) + '?')", "2" },
        { "-PatientId ('[JK]' + $s2.PatientId.Substring(1))", "2" },
        { "-PatientId ('[XY]' + $s2.PatientId.Substring(1))", "" },
        { "-PatientId KIS[1-9]*", "" },
        { "-PatientId KIS-????????", "0 1 2" },
        { "-PatientId KIS-???????", "" },
        { "-PatientName $s1.PatientName", "1" },
        { "-PatientName ($s0.PatientName.Substring(0, 10) + '*')", "0" },
        { "-PatientName ($s0.PatientName.ToLower().Substring(0, 14) + '^*')", "0" },
        { "-PatientName ZIMMER*^ANTONIA -FuzzyMatching", "0 1 2" },
        { "-AccessionNumber $s2.Accession", "2" },
        { "-AccessionNumber $s2.Accession, $s0.Accession -Modality CT, MR", "0 2" },
        { "-AccessionNumber $s2.Accession -PatientId $s0.PatientId", "" },
        { "-StudyInstanceUid $s0.Uid", "0" },
        { "-StudyInstanceUid $s0.Uid, $s1.Uid", "0 1" },
        { "-StudyInstanceUid ($s0.Uid.Substring(0, 32) + '*')", "0" },
        { "-StudyInstanceUid ('[1]' + $s0.Uid.Substring(1))", "0" },
        { "-Modality MR", "1" },
        { "-Modality ct, mr", "0 1 2" },
        { "-Modality [CD]T", "0 2" },
        { "-Since 2024-01-01", "0 1" },
        { "-Until 2023-12-31", "2" },
        { "-Since 2023-12-31 -Until 2024-03-10", "0 2" },
        { "-Since 2024-03-11 -Until 2024-05-11", "" },
    };

    [Theory, MemberData(nameof(Conditions))]
    public async Task Studies_that_meet_the_conditions_are_found_once(string parameters, string expected)
    {
        await using var archive = Archive();
        Register("pacs", archive.DicomWebRoot);
        AssertFound(expected, RunForStudies($"Get-DicomStudy -Archive $pacs {parameters}"));
        await using var ignorant = Ignorant();
        Register("pacs", ignorant.Address);
        // Only the archive knows what sounds alike, and only it has names as the person may have meant them.
        AssertFound(expected, RunForStudies($"Get-DicomStudy -Archive $pacs {parameters}"));
    }

    [Fact]
    public async Task Found_studies_are_as_those_of_folders()
    {
        await using var archive = Archive();
        Register("pacs", archive.DicomWebRoot);
        var study = Assert.Single(RunForStudies("Get-DicomStudy -Archive $pacs -Modality MR"));
        Assert.Equal(
            (StudyState.Remote, studies[1].PatientId, studies[1].PatientName, studies[1].Accession, new DateOnly(2024, 5, 12), 1, Name("pacs")),
            (study.State, study.PatientId, study.PatientName, study.AccessionNumber, study.StudyDate!.Value, study.InstanceCount, study.Path));
        Assert.Empty(study.Series);
        string table = Session.Show("Get-DicomStudy -Archive $pacs -Modality MR");
        Assert.Matches($@"(?m)^PatientId +PatientName +StudyDate +Modality +Series +Files +State *$", table);
        Assert.Matches($@"(?m)^{studies[1].PatientId} +ZIMMER\S+ +2024-05-12 +MR +0 +1 +Remote *$", table);
    }

    [Fact]
    public void Archive_that_is_not_registered_is_an_error()
    {
        Assert.Empty(Run("Get-DicomStudy -Archive nobody"));
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
        Assert.Empty(Run("Get-DicomStudy -Archive nobody -Path source"));
        Assert.Equal("AmbiguousParameterSet", OnlyError().Id);
        Assert.Empty(Run("Get-DicomStudy -Path source -PatientName x"));
        Assert.Equal("AmbiguousParameterSet", OnlyError().Id);
    }

    [Fact]
    public async Task Archive_that_cannot_be_searched_or_refuses_is_an_error()
    {
        await using var archive = Archive();
        Run("$null = Register-PacsbinArchive $pacs -StowUri $args[0]", archive.DicomWebRoot);
        Assert.Empty(Run("Get-DicomStudy -Archive $pacs"));
        Assert.Equal(("ArchiveFailed", ErrorCategory.ConnectionError), OnlyError());
        Register("pacs", archive.DicomWebRoot);
        archive.Faults.RequiredAuthorization = "Bearer x";
        Assert.Empty(Run("Get-DicomStudy -Archive $pacs -PatientId $args[0]", studies[0].PatientId));
        Assert.Equal(("ArchiveRefused", ErrorCategory.AuthenticationError), OnlyError());
        Assert.Single(archive.Server.Requests);
    }

    [Fact]
    public async Task Illegal_pattern_is_an_error_before_the_archive_is_asked()
    {
        await using var archive = Archive();
        Register("pacs", archive.DicomWebRoot);
        Assert.Empty(Run("Get-DicomStudy -Archive $pacs -PatientId 'A[1'"));
        Assert.Single(Errors);
        Assert.Empty(archive.Server.Requests);
    }

    [Theory]
    [InlineData("Invoke-PacsbinAnonymize -Destination out -Key $key")]
    [InlineData("Approve-PacsbinStudy")]
    [InlineData("Send-PacsbinStudy -Archive $pacs")]
    [InlineData("Send-PacsbinStudy -DestinationPath copy")]
    [InlineData("Send-PacsbinStudy -DestinationPath copy.zip")]
    [InlineData("Remove-PacsbinStudy -Confirm:$false")]
    public async Task Study_that_is_not_here_is_an_error_of_every_command_on_studies(string command)
    {
        await using var archive = Archive();
        Register("pacs", archive.DicomWebRoot);
        Run("$remote = Get-DicomStudy -Archive $pacs -Modality MR");
        int before = archive.Server.Requests.Count;
        foreach (string script in new[] { $"$remote | {command}", $"{command} -Study $remote" })
        {
            Assert.Empty(Run(script));
            Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
            Assert.Contains("Receive-DicomStudy", Errors[0].ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(before, archive.Server.Requests.Count);
        Assert.Equal([Studies.Source], Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task Search_stops_within_a_second()
    {
        var asked = new TaskCompletionSource();
        await using var silent = new ScriptedServer(e =>
        {
            asked.TrySetResult();
            return e.KeepSilentAsync();
        });
        Register("pacs", silent.Address);
        Assert.InRange(await Session.InvokeAndStop("Get-DicomStudy -Archive $pacs", asked.Task), TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
    }

    ScriptedArchive Archive()
    {
        var archive = new ScriptedArchive();
        foreach (byte[] file in studies.SelectMany(s => s.Files)) archive.Add(file);
        return archive;
    }

    /// <summary>An archive that gives all its studies, whatever it is asked for.</summary>
    ScriptedServer Ignorant()
    {
        JsonNode[] all = [.. studies.Select(s => ArchiveQuery.Describe([.. s.Files.Select(f => ArchivedInstance.TryRead(f)!)], "studies", "http://x"))];
        string json = new JsonArray(all).ToJsonString();
        return new ScriptedServer(e => e.RespondAsync(200, e.Request.Target.Contains("offset=0", StringComparison.Ordinal) ? json : "[]", "application/dicom+json"));
    }

    void AssertFound(string expected, List<DicomStudy> found)
    {
        Assert.Empty(Errors);
        Assert.Equal(expected, string.Join(' ', found.Select(f => Array.FindIndex(studies, s => s.Uid == f.StudyInstanceUid)).Order()));
    }
}
