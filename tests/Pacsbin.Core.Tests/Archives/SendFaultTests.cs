using Pacsbin.Archives;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>What went wrong once when studies were sent.</summary>
public sealed class SendFaultTests : ArchivingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Uids => [.. Current.Files.Select(f => Path.GetFileNameWithoutExtension(f.Name))];

    [Theory]
    [InlineData(404, 1)]
    [InlineData(405, 1)]
    [InlineData(415, 1)]
    [InlineData(501, 1)]
    [InlineData(400, 20)]
    public async Task A_wrong_address_is_not_tried_with_every_instance(int status, int most)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(status));
        MakeApproved(30);
        var result = await SendAsync(Client(Definition(server.Address) with { QidoUri = null }));
        Assert.Equal((0, 30), (result!.Stored, result.Failed));
        Assert.Contains($"{status}", Assert.Single(Failures).Error.Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 1, most);
    }

    [Fact]
    public async Task One_bad_instance_without_a_word_of_why_is_found_and_the_others_are_stored()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(20);
        var bad = Uids[13];
        await using var server = new ScriptedServer(async e => await e.SendAsync(e.Request.IsStore && Confirmations.InRequest(e.Request.Header("Content-Type")!, e.Request.Body!).Contains(bad)
            ? e.Encode(400)
            : await PassAsync(archive, e.Request)));
        var result = await SendAsync(Client(new Uri(server.Address, "dicom-web")));
        Assert.Equal((19, 1), (result!.Stored, result.Failed));
        Assert.Equal(bad, Assert.Single(result.Instances).SopInstanceUid);
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
        Assert.InRange(server.Requests.Count(r => r.IsStore), 5, 12);
    }

    [Theory]
    [InlineData(0x0110, "0110")]
    [InlineData(0xA700, "A700")]
    public async Task One_instance_that_fails_in_passing_again_and_again_does_not_stop_the_others_and_keeps_its_reason(int reason, string told)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(12);
        archive.Faults.FailureReasons[Uids[1]] = reason;
        var result = await SendAsync(Client(archive.DicomWebRoot), c => new StudySend(c) { RequestInstances = 3, ThrottleLimit = 1, Rejected = Fail });
        Assert.Equal((11, 1), (result!.Stored, result.Failed));
        Assert.StartsWith(told, Assert.Single(result.Instances).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_study_in_two_folders_or_found_in_part_is_not_sent_as_if_it_were_whole()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        var other = Temporary["other"];
        Copy(Destination, other);
        var merged = Assert.Single(new StudyScanner().Scan([Destination, other], cancellationToken: Cancel).Studies);
        var part = Assert.Single(new StudyScanner().Scan([Path.Join(Folder, Current.Files[0].Name)], cancellationToken: Cancel).Studies);
        await new StudySend(Client(archive.DicomWebRoot)) { Rejected = Fail }.RunAsync([merged, part], _ => Assert.Fail("There is a result."), cancellationToken: Cancel);
        Assert.Equal([PacsbinError.ManifestConflict, PacsbinError.ManifestConflict], Failures.Select(f => f.Error.Error));
        Assert.Empty(archive.Server.Requests);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public void Of_a_file_that_was_changed_not_a_byte_is_given_out(int length)
    {
        var path = Temporary["file"];
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        var entry = new ManifestFile("file", length, "", null) { Sha256 = FileDigest.Of(path, hasSha256: true, Cancel).Sha256 };
        using (var stream = new ApprovedStream(path, entry))
        using (var copy = new MemoryStream())
        {
            stream.CopyTo(copy);
            Assert.Equal(bytes, copy.ToArray());
        }

        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(PacsbinError.NotApproved, Assert.Throws<PacsbinException>(() => new ApprovedStream(path, entry)).Error);
    }

    [Fact]
    public void Of_a_large_file_that_is_changed_while_it_is_read_the_end_is_not_given_out()
    {
        var path = Temporary["file"];
        var bytes = new byte[4_000_000];
        File.WriteAllBytes(path, bytes);
        var entry = new ManifestFile("file", bytes.Length, "", null) { Sha256 = FileDigest.Of(path, hasSha256: true, Cancel).Sha256 };
        using var stream = new ApprovedStream(path, entry);
        var buffer = new byte[100_000];
        stream.ReadExactly(buffer);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = 2_000_000;
            file.WriteByte(1);
        }

        using var copy = new MemoryStream();
        Assert.Equal(PacsbinError.NotApproved, Assert.Throws<PacsbinException>(() => stream.CopyTo(copy, 100_000)).Error);
        Assert.True(copy.Length < bytes.Length - buffer.Length);
    }

    [Fact]
    public async Task An_archive_that_lists_nothing_is_told_and_gets_nothing_twice()
    {
        await using var archive = new ScriptedArchive();
        await using var empty = new ScriptedArchive();
        MakeApproved(3);
        var client = Client(Definition(archive.DicomWebRoot) with { QidoUri = empty.DicomWebRoot });
        for (var i = 0; i < 2; i++)
        {
            var result = await SendAsync(client);
            Assert.Equal((0, false), (result!.Failed, result.IsVerified));
            Assert.Contains("confirmed 3 instances, and lists 0", Failures[i].Error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(StudyState.Approved, Current.State);
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task What_was_refused_is_told_also_if_the_look_up_fails()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        archive.Faults.FailureReasons[Uids[0]] = 0xA900;
        await using var server = new ScriptedServer(async e => await e.SendAsync(e.Request.IsStore ? await PassAsync(archive, e.Request) : e.Encode(500)));
        var result = await SendAsync(Client(new Uri(server.Address, "dicom-web")));
        Assert.Equal((2, 1, false), (result!.Stored, result.Failed, result.IsVerified));
        Assert.StartsWith("A900", Assert.Single(result.Instances).Reason, StringComparison.Ordinal);
        Assert.Contains("1 of 3", Assert.Single(Failures).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_became_silent_is_not_asked_for_every_study_again()
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(503, headers: ("Retry-After", "0")));
        MakeApproved(2);
        var study = StudyOf(Destination);
        await new StudySend(Client(server.Address)) { Rejected = Fail, ThrottleLimit = 1 }.RunAsync([study, study], _ => { }, cancellationToken: Cancel);
        Assert.Equal(2, Failures.Count);
        Assert.Contains("Not sent", Failures[1].Error.Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 8, 16); // seven searches before, seven stores with a search each at the most between
    }

    [Fact]
    public async Task A_duplicate_after_an_answer_that_was_lost_is_ours()
    {
        var seen = new HashSet<string>();
        var isFirst = true;
        await using var server = new ScriptedServer(async e =>
        {
            var uids = Confirmations.InRequest(e.Request.Header("Content-Type")!, e.Request.Body!);
            var items = string.Join(',', uids.Select(u => $$$"""{"00081155":{"Value":["{{{u}}}"]},"00081197":{"Value":[273]}}"""));
            if (isFirst)
            {
                isFirst = false;
                seen.UnionWith(uids);
                e.Cut();
                return;
            }

            await e.RespondAsync(409, uids.All(seen.Contains) ? "{\"00081198\":{\"Value\":[" + items + "]}}" : "{}", "application/dicom+json");
        });
        MakeApproved(2);
        var result = await SendAsync(Client(Definition(server.Address) with { QidoUri = null }));
        Assert.Empty(Failures);
        Assert.Equal((2, 0), (result!.Stored, result.Failed));
    }

    [Fact]
    public async Task Wrong_credentials_are_tried_once_also_by_many_requests_at_once()
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(401));
        MakeApproved(9);
        var send = new StudySend(Client(Definition(server.Address) with { QidoUri = null })) { RequestInstances = 1, ThrottleLimit = 4, Rejected = Fail };
        Assert.Equal(PacsbinError.ArchiveRefused, (await Assert.ThrowsAsync<PacsbinException>(() => send.RunAsync([StudyOf(Destination)], _ => { }, cancellationToken: Cancel))).Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void An_approval_without_hashes_is_none()
    {
        Make(2);
        var manifest = Current;
        (manifest with { State = StudyState.Approved, Approval = new ManifestApproval("nobody", DateTimeOffset.UtcNow, "x", null!, null, null) }).Write(Folder);
        var json = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        File.WriteAllText(Path.Join(Folder, Manifest.FileName), json.Replace("\"merkleRoot\":null", "\"comment\":\"x\"", StringComparison.Ordinal));
        var error = Assert.Throws<PacsbinException>(() => StudyApproval.Verify(Folder, cancellationToken: Cancel));
        Assert.True(error.Error is PacsbinError.NotApproved or PacsbinError.MalformedElement);
        Assert.NotEqual(StudyState.Approved, StudyOf(Destination).State);
    }

    [Fact]
    public async Task What_was_sent_while_a_change_waited_is_known_when_the_change_is_made()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        var (staged, before) = (StagedStudy.Open(Destination, Path.GetFileName(Folder)), Current);
        using (staged)
        {
            staged.Resume("a change");
            File.Copy(Path.Join(Folder, before.Files[0].Name), staged.PathOf(before.Files[0].Name));
            staged.Add(before.Files[0]);
            staged.Note(before with { Files = [.. before.Files.Select(f => f with { Sent = [new FileSend("https://archive.example/studies", f.Sha256!)] })] });
            staged.Change(files => before with { Files = files });
        }

        Assert.All(Current.Files, f => Assert.Single(f.Sent!));
    }

    [Theory]
    [InlineData("\"sent\":[null]")]
    [InlineData("\"sent\":[{}]")]
    public void A_manifest_with_a_damaged_record_of_sends_is_no_manifest(string damage)
    {
        Make(1);
        var path = Path.Join(Folder, Manifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"xxh128\":", damage + ",\"xxh128\":", StringComparison.Ordinal));
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Manifest.Read(Folder)).Error);
    }

    /// <summary>What an archive answers to a request.</summary>
    private static async Task<byte[]> PassAsync(ScriptedArchive archive, HttpMessage request)
    {
        using var http = new HttpClient();
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(archive.Server.Address, request.Target));
        if (request.Method == "POST")
        {
            message.Content = new ByteArrayContent(request.Body!);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.Header("Content-Type"));
        }

        using var answer = await http.SendAsync(message);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return new HttpMessage($"HTTP/1.1 {(int)answer.StatusCode} Passed", [new("Content-Type", "application/dicom+json"), new("Content-Length", $"{body.Length}")]) { Body = body }.ToBytes();
    }
}
