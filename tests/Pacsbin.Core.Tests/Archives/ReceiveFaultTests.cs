using System.Text;
using Pacsbin.Archives;
using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>What went wrong once when studies were fetched.</summary>
public sealed class ReceiveFaultTests : ArchivingTests
{
    private const string Study = "1.2.826.0.1.3680043.99.1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Received => Temporary["received"];

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_file_that_a_power_failure_has_cut_is_fetched_again(int length)
    {
        await using var archive = Archive(2);
        var study = await ReceiveAsync(archive.DicomWebRoot);
        var path = Directory.GetFiles(study.Path)[0];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        study = await ReceiveAsync(archive.DicomWebRoot);
        Assert.Equal(2, study.InstanceCount);
        Assert.Equal(archive.Instances.Values.Select(i => i.File.Length).Order(), Directory.GetFiles(study.Path).Select(f => (int)new FileInfo(f).Length).Order());
    }

    [Fact]
    public async Task A_study_that_grows_while_it_is_fetched_comes_with_what_was_listed()
    {
        await using var archive = Archive(3);
        archive.Server.ReadsBody = request =>
        {
            if (!request.Target.Contains('?', StringComparison.Ordinal) && archive.Instances.Count == 3)
            {
                Enumerable.Range(4, 20).ToList().ForEach(i => archive.Add(StudyFolder.Instance(1, i)));
            }

            return true;
        };
        var seen = new List<ReceiveProgress>();
        var study = await new StudyReceive(Client(archive.DicomWebRoot)) { ThrottleLimit = 1 }.RunAsync(new RetrieveRequest(Study), Received, new Told<ReceiveProgress>(seen.Add), Cancel);
        Assert.Equal(23, study.InstanceCount);
        Assert.All(seen, p => Assert.InRange(p.Instances, 0, p.TotalInstances));
    }

    [Fact]
    public async Task A_server_that_gives_what_nobody_asked_for_is_not_listened_to_for_ever()
    {
        var count = 100;
        await using var server = new ScriptedServer(e => e.Request.Target.Contains("/instances?", StringComparison.Ordinal)
            ? e.RespondAsync(200, e.Request.Target.Contains("offset=0", StringComparison.Ordinal) ? """[{"00080018":{"Value":["1.2.3"]},"0020000E":{"Value":["1.2.4"]}}]""" : "[]", "application/dicom+json")
            : e.RespondAsync(200, new Multipart().Build([new MultipartPart(StudyFolder.Instance(1, Interlocked.Increment(ref count)))]), new Multipart().ContentType));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(server.Address))).Error);
        Assert.InRange(server.Requests.Count, 3, 20);
    }

    [Theory]
    [InlineData("multipart/related; type=application/dicom; boundary=x")]
    [InlineData("multipart/related;boundary=x;type=application/dicom;start=<a@b>")]
    [InlineData("Multipart/Related; type=\"application/dicom\"; BOUNDARY=\"x\"")]
    public async Task A_content_type_that_is_not_quoted_as_it_should_be_is_understood(string type)
    {
        var body = new Multipart { Boundary = "x" }.Build([new MultipartPart(StudyFolder.Instance(1, 1))]);
        await using var server = new ScriptedServer(e => e.RespondAsync(200, body, type));
        var study = await new StudyReceive(Client(Definition(server.Address) with { QidoUri = null })).RunAsync(new RetrieveRequest(Study), Received, cancellationToken: Cancel);
        Assert.Equal(1, study.InstanceCount);
    }

    [Fact]
    public async Task A_boundary_that_no_standard_allows_is_an_error_without_its_text()
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(200, [1], "multipart/related; boundary=" + new string('x', 5000)));
        var error = await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(Definition(server.Address) with { QidoUri = null })));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.DoesNotContain("xxx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_instance_that_ends_with_the_connection_is_not_taken_for_whole()
    {
        await using var server = new ScriptedServer(async e =>
        {
            await e.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nConnection: close\r\n\r\n");
            await e.SendAsync(StudyFolder.Instance(1, 1));
            e.Closes = true;
        });
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(Definition(server.Address) with { QidoUri = null })))).Error);
    }

    [Fact]
    public async Task An_instance_that_was_asked_for_has_to_come()
    {
        await using var archive = Archive(2);
        var client = Client(archive.DicomWebRoot);
        await ReceiveAsync(client);
        await using var server = new ScriptedServer(e => e.RespondAsync(200, new Multipart().Build([new MultipartPart(StudyFolder.Instance(1, 2))]), new Multipart().ContentType));
        var request = new RetrieveRequest(Study, Study + ".1", Study + ".2.9");
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => new StudyReceive(Client(server.Address)).RunAsync(request, Received, cancellationToken: Cancel))).Error);
        var before = archive.Server.Requests.Count;
        await new StudyReceive(client).RunAsync(request with { SopInstanceUid = Study + ".2.2" }, Received, cancellationToken: Cancel);
        Assert.Equal(before, archive.Server.Requests.Count);
    }

    [Fact]
    public async Task An_instance_that_is_here_with_other_bytes_is_not_replaced()
    {
        var (one, other) = (StudyFolder.Instance(1, 1), StudyFolder.Instance(1, 1, date: "20200101"));
        await using var server = new ScriptedServer(e => e.RespondAsync(200, new Multipart().Build([new MultipartPart(one), new MultipartPart(one), new MultipartPart(other)]), new Multipart().ContentType));
        Assert.Equal(PacsbinError.DestinationExists, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(Client(Definition(server.Address) with { QidoUri = null })))).Error);
        Assert.Equal(one, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Received, "*", SearchOption.AllDirectories))));
    }

    [Fact]
    public async Task A_transient_copy_of_a_file_that_is_here_too_is_compared_before_it_goes()
    {
        await using var archive = Archive(2);
        using var transient = new TransientFolder();
        var fetched = await new StudyReceive(Client(archive.DicomWebRoot)) { IsTransient = true }.RunAsync(new RetrieveRequest(Study), transient.Folder, cancellationToken: Cancel);
        Source.Write("here.dcm", archive.Instances.Values.First().File);
        var both = StudyMerge.Merge([fetched, .. Source.Scan()]);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key) { Rejected = (p, e) => Rejected.Add((p, e.Error)) };
        run.Run(both, _ => { }, cancellationToken: Cancel);
        Assert.Empty(Rejected);
        Assert.Equal(2, Current.Files.Count);
        Assert.True(File.Exists(Source["here.dcm"]));
    }

    [Fact]
    public async Task A_list_with_illegal_uids_is_no_list()
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(
            200, e.Request.Target.Contains("offset=0", StringComparison.Ordinal) ? """[{"00080018":{"Value":["1.2.3"]}},{"00080018":{"Value":["1..3"]}}]""" : "[]", "application/dicom+json"));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(server.Address))).Error);
    }

    [Theory]
    [InlineData("//127.0.0.1:99999/x")]
    [InlineData("//[")]
    [InlineData("http://")]
    public async Task A_redirect_to_nowhere_is_an_error(string location)
    {
        await using var server = new ScriptedServer(e => e.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 307 There\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => ReceiveAsync(server.Address))).Error);
    }

    [Fact]
    public async Task A_withdrawn_token_is_asked_for_anew_by_many_requests_at_once()
    {
        var given = 0;
        await using var login = new ScriptedServer(e => e.RespondAsync(200, $$"""{"access_token":"token-{{Interlocked.Increment(ref given)}}","expires_in":"3600"}""", "application/json"));
        await using var archive = Archive(1);
        var definition = Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "c", TokenUri = login.Address };
        var client = Client(definition, "a secret");
        for (var round = 1; round <= 20; round++)
        {
            archive.Faults.RequiredAuthorization = $"Bearer token-{round}";
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new ArchiveSearch(client).InstancesAsync(Study, null, 0, Cancel), Cancel)));
        }

        Assert.Equal(20, given);
    }

    [Fact]
    public async Task A_token_with_a_line_end_from_a_file_is_a_token()
    {
        const string Variable = "PACSBIN_TEST_TOKEN";
        await using var archive = Archive(1);
        archive.Faults.RequiredAuthorization = "Bearer abc";
        Environment.SetEnvironmentVariable(Variable, "abc\n");
        await ReceiveAsync(Client(Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.Bearer, SecretVariable = Variable }));
        Environment.SetEnvironmentVariable(Variable, "a b");
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Client(Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.Bearer, SecretVariable = Variable })).Error);
        Environment.SetEnvironmentVariable(Variable, null);
    }

    [Fact]
    public void Addresses_of_this_machine_go_without_a_proxy_whatever_the_others_are()
    {
        Assert.True(ArchiveDefinition.IsThisMachine(new Uri("http://127.0.0.1:8042/")));
        Assert.True(ArchiveDefinition.IsThisMachine(new Uri("http://[::1]/")));
        Assert.False(ArchiveDefinition.IsThisMachine(new Uri("https://archive.example/")));
    }

    private static ScriptedArchive Archive(int instances)
    {
        var archive = new ScriptedArchive();
        Enumerable.Range(1, instances).ToList().ForEach(i => archive.Add(StudyFolder.Instance(1, i)));
        return archive;
    }

    private Task<DicomStudy> ReceiveAsync(Uri root) => ReceiveAsync(Client(root));

    private Task<DicomStudy> ReceiveAsync(ArchiveClient client) => new StudyReceive(client).RunAsync(new RetrieveRequest(Study), Received, cancellationToken: Cancel);
}
