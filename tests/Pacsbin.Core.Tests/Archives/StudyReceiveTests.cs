using System.Text;
using Pacsbin.Archives;
using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class StudyReceiveTests : ArchivingTests
{
    private const string Study = "1.2.826.0.1.3680043.99.1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Received => Temporary["received"];

    public static TheoryData<int> Forms => [.. Enumerable.Range(0, AllForms.Length)];

    private static Multipart[] AllForms =>
    [
        new(), new() { QuotesBoundary = false }, new() { StatesLengths = true }, new() { Preamble = "This is a multipart message.", Epilogue = "The end." }, new() { Padding = "  \t" },
        new() { Boundary = "'()+_,-./:=? a", PartHeaders = ["Content-Location: http://127.0.0.1/x", "X-Odd:"] }, new() { PartHeaders = ["Content-Type-Of: " + new string('x', 3000)] },
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Parts_come_in_every_form_that_servers_write(int form)
    {
        await using var archive = Archive(5);
        archive.Faults.RetrieveForm = AllForms[form];
        archive.Faults.RetrieveFraming = (AnswerFraming)(form % 3);
        var study = await ReceiveAsync(archive);
        AssertSame(archive, study);
    }

    [Fact]
    public async Task Names_tell_no_uid()
    {
        await using var archive = Archive(2);
        var study = await ReceiveAsync(archive);
        Assert.All(Directory.EnumerateFileSystemEntries(Received, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain("1.2.826", f, StringComparison.Ordinal));
        Assert.Equal(2, Directory.GetFiles(study.Path).Length);
    }

    [Fact]
    public async Task What_is_here_is_not_fetched_again()
    {
        await using var archive = Archive(6);
        var study = await ReceiveAsync(archive);
        var gone = Directory.GetFiles(study.Path).Order(StringComparer.Ordinal).Take(2).ToList();
        gone.ForEach(File.Delete);
        var before = Retrievals(archive).Count;
        AssertSame(archive, await ReceiveAsync(archive));
        var again = Retrievals(archive).Skip(before).ToList();
        Assert.Equal(2, again.Count);
        Assert.All(again, r => Assert.Contains("/instances/", r.Target, StringComparison.Ordinal));
        before = Retrievals(archive).Count;
        AssertSame(archive, await ReceiveAsync(archive));
        Assert.Equal(before, Retrievals(archive).Count);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1500)]
    [InlineData(3000)]
    public async Task After_a_cut_only_what_is_missing_is_fetched(int after)
    {
        await using var archive = Archive(6);
        archive.Server.ReadsBody = request =>
        {
            if (IsRetrieval(request) && archive.Faults.CutAfter == 0)
            {
                (archive.Faults.CutAfter, archive.Faults.CutAnswers) = (after, 1);
            }

            return true;
        };
        var study = await ReceiveAsync(archive);
        AssertSame(archive, study);
        Assert.InRange(Retrievals(archive).Count, 2, 7);
        Assert.DoesNotContain(Directory.GetFiles(study.Path), f => f.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_without_its_end_is_not_taken_for_whole()
    {
        await using var archive = Archive(3);
        archive.Faults.RetrieveForm = new Multipart { IsClosed = false };
        var error = await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(archive));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.Contains("of 3 instances are missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_that_are_listed_and_not_given_are_counted()
    {
        await using var archive = Archive(4);
        var hidden = archive.Instances.Keys.Order(StringComparer.Ordinal).First();
        await using var server = new ScriptedServer(async e => await e.SendAsync(await RelayAsync(archive, e.Request, hidden)));
        var error = await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(new Uri(server.Address, "dicom-web"))));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.StartsWith("1 of 4 instances are missing.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1.2.826", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(Received, "*.dcm", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task An_instance_of_another_study_is_not_kept()
    {
        await using var archive = new ScriptedArchive();
        await using var server = new ScriptedServer(e => e.Request.Target.Contains("/instances?", StringComparison.Ordinal)
            ? e.RespondAsync(200, e.Request.Target.Contains("offset=0", StringComparison.Ordinal) ? """[{"00080018":{"Value":["1.2.3"]},"0020000E":{"Value":["1.2.4"]}}]""" : "[]", "application/dicom+json")
            : e.RespondAsync(200, new Multipart().Build([new MultipartPart(StudyFolder.Instance(2, 1))]), new Multipart().ContentType));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(server.Address)))).Error);
        Assert.Empty(Directory.GetFiles(Received, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("text/html", "<html>")]
    [InlineData("multipart/related", "--x\r\n\r\nDICM\r\n--x--")]
    [InlineData("multipart/related; boundary=x", "no boundary at all")]
    [InlineData("multipart/related; boundary=x", "--x\r\nContent-Type: application/dicom\r\n\r\nthis is no DICOM\r\n--x--\r\n")]
    [InlineData("multipart/related; boundary=x", "--x\r\n: : \r\n\r\n\r\n--x--\r\n")]
    [InlineData("multipart/related; boundary=x", "--x--\r\n")]
    public async Task What_is_no_multipart_or_no_dicom_is_an_error(string type, string body)
    {
        await using var server = new ScriptedServer(e => e.Request.Target.Contains("/instances?", StringComparison.Ordinal)
            ? e.RespondAsync(200, e.Request.Target.Contains("offset=0", StringComparison.Ordinal) ? """[{"00080018":{"Value":["1.2.3"]},"0020000E":{"Value":["1.2.4"]}}]""" : "[]", "application/dicom+json")
            : e.RespondAsync(200, Encoding.ASCII.GetBytes(body), type));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(server.Address)))).Error);
        Assert.Empty(Directory.GetFiles(Received, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_single_instance_without_multipart_is_taken()
    {
        var file = StudyFolder.Instance(1, 1);
        await using var server = new ScriptedServer(e => e.RespondAsync(200, file, "application/dicom"));
        var study = await new StudyReceive(Client(Definition(server.Address) with { QidoUri = null })).RunAsync(new RetrieveRequest(Study), Received, cancellationToken: Cancel);
        Assert.Equal(file, File.ReadAllBytes(Assert.Single(Assert.Single(study.Series).Instances).Path));
    }

    [Fact]
    public async Task A_study_that_is_not_there_is_an_error_of_its_own()
    {
        await using var archive = Archive(1);
        foreach (var client in new[] { Client(archive.DicomWebRoot), Client(Definition(archive.DicomWebRoot) with { QidoUri = null }) })
        {
            Assert.Equal(PacsbinError.FileNotFound, (await Assert.ThrowsAsync<PacsbinException>(() => new StudyReceive(client).RunAsync(new RetrieveRequest("1.2.3"), Received, cancellationToken: Cancel))).Error);
        }
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("1.2/../../x")]
    [InlineData("")]
    [InlineData("1.2?x=1")]
    public async Task What_is_no_uid_is_not_asked_for(string uid)
    {
        await using var archive = Archive(1);
        Assert.Equal(PacsbinError.FileNotFound, (await Assert.ThrowsAsync<PacsbinException>(() => new StudyReceive(Client(archive.DicomWebRoot)).RunAsync(new RetrieveRequest(uid), Received, cancellationToken: Cancel))).Error);
        Assert.Empty(archive.Server.Requests);
    }

    [Fact]
    public async Task A_second_process_that_fetches_the_same_study_is_a_conflict()
    {
        await using var archive = Archive(1);
        using var first = new ReceivedFolder(Received, Study);
        Assert.Equal(PacsbinError.ManifestConflict, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(archive))).Error);
    }

    [Fact]
    public async Task Transient_files_go_as_soon_as_each_is_deidentified()
    {
        await using var archive = Archive(5);
        using var transient = new TransientFolder();
        var study = await new StudyReceive(Client(archive.DicomWebRoot)) { IsTransient = true }.RunAsync(new RetrieveRequest(Study), transient.Folder, cancellationToken: Cancel);
        var seen = new List<int>();
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key) { ThrottleLimit = 1, Rejected = (p, e) => Rejected.Add((p, e.Error)) };
        run.Run([study], _ => { }, new Told<RunProgress>(_ => seen.Add(Directory.GetFiles(study.Path).Length)), Cancel);
        Assert.Empty(Rejected);
        Assert.Equal(5, Current.Files.Count);
        Assert.Equal([0], seen);
        Assert.Empty(Directory.GetFiles(study.Path));
    }

    [Fact]
    public async Task Orthanc_gives_back_what_it_has_in_the_transfer_syntax_that_it_has()
    {
        await using var orthanc = await RequiredServer.OrthancAsync();
        byte[][] files = [Image(1), Image(2, syntax: Rle), Image(3, syntax: DicomBuilder.ImplicitLittle), Image(4, hasPixels: false)];
        foreach (var file in files)
        {
            await orthanc.UploadAsync(file);
        }

        var study = await new StudyReceive(Client(orthanc.DicomWebRoot)).RunAsync(new RetrieveRequest(Study), Received, cancellationToken: Cancel);
        var stored = await Task.WhenAll((await orthanc.SopInstanceUidsAsync()).Select(orthanc.StoredBytesAsync));
        Assert.Equal(stored.Select(Convert.ToHexString).Order(StringComparer.Ordinal), study.Series.SelectMany(s => s.Instances).Select(i => Convert.ToHexString(File.ReadAllBytes(i.Path))).Order(StringComparer.Ordinal));
        Assert.Equal(4, study.InstanceCount);
    }

    private static ScriptedArchive Archive(int instances)
    {
        var archive = new ScriptedArchive();
        for (var i = 1; i <= instances; i++)
        {
            archive.Add(StudyFolder.Instance(1, i));
        }

        return archive;
    }

    private static bool IsRetrieval(HttpMessage request) => request.Method == "GET" && !request.Target.Contains('?', StringComparison.Ordinal);

    private static List<HttpMessage> Retrievals(ScriptedArchive archive) => [.. archive.Server.Requests.Where(IsRetrieval)];

    /// <summary>What the archive answers, but for one instance that it does not give.</summary>
    private static async Task<byte[]> RelayAsync(ScriptedArchive archive, HttpMessage request, string hidden)
    {
        if (!IsRetrieval(request))
        {
            using var http = new HttpClient();
            var answer = await http.GetByteArrayAsync(new Uri(archive.Server.Address, request.Target));
            return new HttpMessage("HTTP/1.1 200 OK", [new("Content-Type", "application/dicom+json"), new("Content-Length", $"{answer.Length}")]) { Body = answer }.ToBytes();
        }

        var given = archive.Instances.Values.Where(i => i.SopInstanceUid != hidden && (!request.Target.Contains("/instances/", StringComparison.Ordinal) || request.Target.EndsWith(i.SopInstanceUid, StringComparison.Ordinal))).ToList();
        var body = new Multipart().Build(given.Select(i => new MultipartPart(i.File)));
        return new HttpMessage(given.Count > 0 ? "HTTP/1.1 200 OK" : "HTTP/1.1 404 None", [new("Content-Type", new Multipart().ContentType), new("Content-Length", $"{body.Length}")]) { Body = body }.ToBytes();
    }

    private static void AssertSame(ScriptedArchive archive, DicomStudy study) => Assert.Equal(
        archive.Instances.Values.Select(i => Convert.ToHexString(i.File)).Order(StringComparer.Ordinal),
        study.Series.SelectMany(s => s.Instances).Select(i => Convert.ToHexString(File.ReadAllBytes(i.Path))).Order(StringComparer.Ordinal));

    private Task<DicomStudy> ReceiveAsync(ScriptedArchive archive) => ReceiveAsync(Client(archive.DicomWebRoot));

    private Task<DicomStudy> ReceiveAsync(ArchiveClient client) => new StudyReceive(client).RunAsync(new RetrieveRequest(Study), Received, cancellationToken: Cancel);
}
