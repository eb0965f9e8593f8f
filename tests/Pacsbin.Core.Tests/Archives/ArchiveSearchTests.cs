using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class ArchiveSearchTests : ArchivingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public async Task Studies_are_found_however_the_archive_writes_json(bool omitsVr, bool inline, bool bulk)
    {
        await using var archive = new ScriptedArchive();
        (archive.Faults.OmitsVr, archive.Faults.AddsInlineBinary, archive.Faults.AddsBulkDataUri) = (omitsVr, inline, bulk);
        for (var i = 1; i <= 5; i++)
        {
            archive.Add(StudyFolderInstance(i));
        }

        var studies = await FindAsync(archive, new StudyQuery());
        Assert.Equal(5, studies.Count);
        Assert.All(studies, s => Assert.Equal((StudyState.Remote, "test", new DateOnly(2024, 2, 29), "ACCESSION-0815"), (s.State, s.Remote!.Archive, s.StudyDate, s.AccessionNumber)));
        Assert.Equal("PATIENT-1", studies[0].PatientId);
    }

    [Fact]
    public async Task A_query_has_every_condition_as_the_standard_writes_it()
    {
        await using var archive = new ScriptedArchive();
        await FindAsync(archive, new StudyQuery
        {
            PatientId = "TRIAL 7/*", PatientName = "Müller^山田*", IsFuzzy = true, AccessionNumber = "A&B", Modality = "CT", Since = new DateOnly(2024, 1, 2), Until = new DateOnly(2024, 3, 4), StudyInstanceUid = "1.2",
        });
        var target = archive.Server.Requests[0].Target;
        foreach (var part in new[]
        {
            "0020000D=1.2", "00100020=TRIAL%207%2F*", "00100010=M%C3%BCller%5E%E5%B1%B1%E7%94%B0*", "00080050=A%26B", "00080061=CT", "00080020=20240102-20240304", "fuzzymatching=true", "limit=", "offset=0",
        })
        {
            Assert.Contains(part, target, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("20240101-", "2024-01-01", null)]
    [InlineData("-20240101", null, "2024-01-01")]
    public async Task A_date_range_may_be_open(string expected, string? since, string? until)
    {
        await using var archive = new ScriptedArchive();
        await FindAsync(archive, new StudyQuery { Since = since is null ? null : DateOnly.Parse(since, null), Until = until is null ? null : DateOnly.Parse(until, null) });
        Assert.Contains($"00080020={expected}&", archive.Server.Requests[0].Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_of_any_size_are_read_until_there_is_nothing_new(int size)
    {
        await using var archive = new ScriptedArchive();
        (archive.Faults.MaximumResults, archive.Faults.NothingIsNoContent) = (size, size == 3);
        for (var i = 1; i <= 7; i++)
        {
            archive.Add(StudyFolderInstance(i));
        }

        Assert.Equal(7, (await FindAsync(archive, new StudyQuery())).Select(s => s.StudyInstanceUid).Distinct().Count());
        archive.Faults.IgnoresOffset = true;
        Assert.Equal(Math.Min(size, 7), (await FindAsync(archive, new StudyQuery())).Count);
    }

    [Fact]
    public async Task An_archive_that_gives_its_first_page_again_and_again_cannot_be_searched()
    {
        var page = "[" + string.Join(',', Enumerable.Range(1, 500).Select(i => "{\"0020000D\":{\"Value\":[\"1.2." + i + "\"]}}")) + "]";
        await using var server = new ScriptedServer(e => e.RespondAsync(200, page, "application/dicom+json"));
        var error = await Assert.ThrowsAsync<PacsbinException>(() => FindAsync(Client(server.Address), new StudyQuery()));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_grows_when_it_is_read_is_refused()
    {
        var bomb = "[" + string.Concat(Enumerable.Repeat("[],", 12_000_000)) + "[]]";
        await using var server = new ScriptedServer(e => e.RespondAsync(200, bomb, "application/dicom+json"));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => FindAsync(Client(server.Address), new StudyQuery()))).Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_name_that_is_no_utf8_does_not_hide_the_study()
    {
        byte[] json = [.. "[{\"0020000D\":{\"Value\":[\"1.2.3\"]},\"00100020\":{\"Value\":[\"4711\"]},\"00100010\":{\"Value\":[{\"Alphabetic\":\"M"u8, 0xFC, .. "ller\"}]}}, {\"0020000D\":{\"Value\":[\"1.2.4\"]},\"00081030\":{\"Value\":[\"\\ud800\"]}}]"u8];
        await using var server = new ScriptedServer(e => e.RespondAsync(200, json, "application/dicom+json"));
        var studies = await FindAsync(Client(server.Address), new StudyQuery());
        Assert.Equal(["1.2.3", "1.2.4"], studies.Select(s => s.StudyInstanceUid));
        Assert.StartsWith("M", studies[0].PatientName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]},\"00100010\":{\"Value\":[{\"Ideographic\":\"山田^太郎\"}]},\"00100020\":{\"InlineBinary\":\"NDcxMSA=\"}}]", "4711", "山田^太郎")]
    [InlineData("[{\"0020000D\":{\"Value\":\"1.2.3\"},\"00100020\":{\"Value\":[4711]},\"00100010\":{\"Value\":[\"A^B\"]}}]", "4711", "A^B")]
    [InlineData("[{\"0020000D\":{\"Value\":[\"1.2.3\\u0000\"]},\"00100020\":{\"BulkDataURI\":\"x\"},\"00100010\":{\"Value\":[null]}}]", null, null)]
    [InlineData("[{\"0020000D\":{\"Value\":[\"1.2.3\"]},\"00100020\":{\"Value\":[\"4711 \"]},\"00100010\":{},\"00201208\":{\"vr\":\"IS\",\"Value\":[\"12\"]}}, 5, {}, {\"0020000D\":{\"Value\":[\"not a uid\"]}}]", "4711", null)]
    public async Task Values_are_read_out_of_what_is_not_quite_right(string json, string? id, string? name)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(200, json, "application/dicom+json"));
        var study = Assert.Single(await FindAsync(Client(server.Address), new StudyQuery()));
        Assert.Equal(("1.2.3", id, id is null ? null : name), (study.StudyInstanceUid, study.PatientId, study.PatientName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    public async Task Nothing_is_nothing(string json)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(200, json, "application/dicom+json"));
        Assert.Empty(await FindAsync(Client(server.Address), new StudyQuery()));
    }

    [Theory]
    [InlineData(200, "<html>MUELLER</html>")]
    [InlineData(200, "{\"error\":\"MUELLER\"}")]
    [InlineData(404, "MUELLER")]
    [InlineData(200, "[{\"0020000D\":")]
    [InlineData(400, "MUELLER")]
    [InlineData(500, "MUELLER")]
    public async Task What_is_no_answer_is_an_error_without_values(int status, string body)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(status, body, "text/html"));
        var error = await Assert.ThrowsAsync<PacsbinException>(() => FindAsync(Client(server.Address), new StudyQuery { PatientId = "MUELLER-4711" }));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.DoesNotContain("MUELLER", error.ToString(), StringComparison.Ordinal);
    }

    private static byte[] StudyFolderInstance(int study) => StudyFolder.Instance(study, 1, $"PATIENT-{study}");

    private Task<List<DicomStudy>> FindAsync(ScriptedArchive archive, StudyQuery query) => FindAsync(Client(archive.DicomWebRoot), query);

    private static async Task<List<DicomStudy>> FindAsync(ArchiveClient client, StudyQuery query)
    {
        var found = new List<DicomStudy>();
        await foreach (var study in new ArchiveSearch(client).StudiesAsync(query, Cancel))
        {
            found.Add(study);
        }

        return found;
    }
}
