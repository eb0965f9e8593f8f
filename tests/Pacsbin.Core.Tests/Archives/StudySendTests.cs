using System.Diagnostics;
using Pacsbin.Archives;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class StudySendTests : ArchivingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Uids => [.. Current.Files.Select(f => Path.GetFileNameWithoutExtension(f.Name))];

    [Fact]
    public async Task Requests_are_as_large_as_they_may_be_and_have_a_length()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(7);
        var result = await SendAsync(Client(archive.DicomWebRoot), c => new StudySend(c) { RequestInstances = 3, ThrottleLimit = 1, Rejected = Fail });
        Assert.Equal((7, 0, 0, true), (result!.Stored, result.Failed, result.Skipped, result.IsVerified));
        Assert.Equal(Current.Files.Sum(f => f.Length), result.Bytes);
        var requests = Stores(archive);
        Assert.Equal([3, 3, 1], requests.Select(r => Confirmations.InRequest(r.Header("Content-Type")!, r.Body!).Count));
        Assert.All(requests, r => Assert.True(r.ContentLength > 0 && !r.IsChunked));
        Assert.All(archive.Instances.Values, i => Assert.Equal(File.ReadAllBytes(Path.Join(Folder, i.SopInstanceUid + ".dcm")), i.File));
    }

    [Fact]
    public async Task What_is_confirmed_is_noted_and_not_sent_again()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(4);
        await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal(StudyState.Sent, Current.State);
        var send = Assert.Single(Current.Sends!);
        Assert.Equal(("test", archive.DicomWebRoot + "/studies", 4, Current.Approval!.MerkleRoot), (send.Archive, send.Target, send.Instances, send.MerkleRoot));
        var again = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((0, 0, 4, true), (again!.Stored, again.Failed, again.Skipped, again.IsVerified));
        Assert.Single(Current.Sends!);
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
        Assert.Empty(Failures);
    }

    [Fact]
    public async Task Two_archives_do_not_know_of_each_other()
    {
        await using var one = new ScriptedArchive();
        await using var other = new ScriptedArchive();
        MakeApproved(3);
        await SendAsync(Client(one.DicomWebRoot));
        var second = await SendAsync(Client(other.DicomWebRoot));
        Assert.Equal((3, 0), (second!.Stored, second.Skipped));
        Assert.Equal(2, Current.Sends!.Count);
    }

    [Fact]
    public async Task Nothing_of_a_study_leaves_that_was_changed_after_the_approval()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        Flip(Path.Join(Folder, Current.Files[2].Name), ^1);
        Assert.Null(await SendAsync(Client(archive.DicomWebRoot)));
        Assert.Equal(PacsbinError.NotApproved, Assert.Single(Failures).Error.Error);
        Assert.Empty(archive.Server.Requests);
    }

    [Fact]
    public async Task Nothing_leaves_without_an_approval()
    {
        await using var archive = new ScriptedArchive();
        Make(2);
        Assert.Null(await SendAsync(Client(archive.DicomWebRoot)));
        await new StudySend(Client(archive.DicomWebRoot)) { Rejected = Fail }.RunAsync(Source.Scan(), _ => Assert.Fail("A source was sent."), cancellationToken: Cancel);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        File.WriteAllText(Path.Join(Folder, "more.dcm"), "");
        Assert.Null(await SendAsync(Client(archive.DicomWebRoot)));
        Assert.Equal([PacsbinError.NotApproved, PacsbinError.NotApproved, PacsbinError.NotApproved], Failures.Select(f => f.Error.Error));
        Assert.Empty(archive.Server.Requests);
    }

    [Fact]
    public async Task A_file_that_is_changed_while_others_go_out_never_arrives()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        var last = Current.Files[2].Name;
        var send = new StudySend(Client(archive.DicomWebRoot)) { RequestInstances = 1, ThrottleLimit = 1, Rejected = Fail };
        var changed = false;
        await send.RunAsync([StudyOf(Destination)], _ => Assert.Fail("There is a result."), new Told<SendProgress>(p =>
        {
            if (p.Instances == 1 && !changed)
            {
                changed = true;
                Flip(Path.Join(Folder, last), ^1);
            }
        }), Cancel);
        Assert.Equal(PacsbinError.NotApproved, Assert.Single(Failures).Error.Error);
        Assert.DoesNotContain(Path.GetFileNameWithoutExtension(last), archive.Instances.Keys);
        Assert.DoesNotContain(Path.GetFileNameWithoutExtension(last), archive.Arrivals.Keys);
        Assert.Equal(archive.Instances.Count, Manifest.Read(Folder)!.Files.Count(f => f.Sent is not null));
    }

    [Fact]
    public async Task Another_process_that_sends_or_changes_the_study_is_a_conflict()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        using (StagedStudy.Open(Destination, Path.GetFileName(Folder)))
        {
            Assert.Null(await SendAsync(Client(archive.DicomWebRoot)));
        }

        Assert.Equal(PacsbinError.ManifestConflict, Assert.Single(Failures).Error.Error);
        Assert.Empty(archive.Server.Requests);
    }

    [Fact]
    public async Task A_study_that_was_changed_after_it_was_sent_needs_force()
    {
        await using var archive = new ScriptedArchive { Overwrites = true };
        MakeApproved(3);
        await SendAsync(Client(archive.DicomWebRoot));
        Assert.True(Burn(Destination, Corner with { SopInstanceUid = Uids[0] }));
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.Null(await SendAsync(Client(archive.DicomWebRoot)));
        Assert.Equal(PacsbinError.DestinationExists, Assert.Single(Failures).Error.Error);
        Assert.Equal(1, archive.Arrivals[Uids[0]]);
        var forced = await SendAsync(Client(archive.DicomWebRoot), c => new StudySend(c) { Force = true, Rejected = Fail });
        Assert.Equal((1, 2, true), (forced!.Stored, forced.Skipped, forced.IsVerified));
        Assert.Equal(File.ReadAllBytes(Path.Join(Folder, Uids[0] + ".dcm")), archive.Instances[Uids[0]].File);
        Assert.Equal(StudyState.Sent, Current.State);
    }

    [Fact]
    public async Task A_copy_that_is_written_again_is_known_to_have_been_sent()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        await SendAsync(Client(archive.DicomWebRoot));
        var before = Current;
        Run(force: true);
        Assert.Equal(StudyState.Deidentified, Current.State);
        Assert.Equivalent(before.Sends, Current.Sends, strict: true);
        Assert.Equivalent(before.Files.Select(f => f.Sent), Current.Files.Select(f => f.Sent), strict: true);
    }

    [Fact]
    public async Task Too_large_a_request_is_halved_until_the_archive_takes_it()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(8);
        archive.Faults.MaximumBody = Current.Files.Max(f => f.Length) * 3;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((8, 0, true), (result!.Stored, result.Failed, result.IsVerified));
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
        Assert.Equal(1, Stores(archive).Count(r => r.ContentLength > Current.Files.Max(f => f.Length) * 6));
    }

    [Fact]
    public async Task An_archive_that_refuses_too_large_requests_before_it_has_read_them_gets_smaller_ones()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(8);
        archive.Faults.MaximumBody = Current.Files.Max(f => f.Length) * 3;
        archive.Faults.RefusesEarly = true;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((8, 0, true), (result!.Stored, result.Failed, result.IsVerified));
    }

    [Fact]
    public async Task An_instance_that_is_too_large_by_itself_fails_alone_and_can_go_later()
    {
        await using var archive = new ScriptedArchive();
        Make(Image(1), Image(2), Image(3, frames: 200));
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        archive.Faults.MaximumBody = 6000;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, 1, 0), (result!.Stored, result.Failed, result.Skipped));
        Assert.Contains("413", Assert.Single(result.Instances).Reason, StringComparison.Ordinal);
        Assert.Equal(PacsbinError.ArchiveFailed, Assert.Single(Failures).Error.Error);
        Assert.Equal(StudyState.Approved, Current.State);
        archive.Faults.MaximumBody = long.MaxValue;
        result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((1, 0, 2, true), (result!.Stored, result.Failed, result.Skipped, result.IsVerified));
        Assert.Equal(StudyState.Sent, Current.State);
    }

    [Theory]
    [InlineData(503, "0", 0)]
    [InlineData(503, "1", 1)]
    [InlineData(429, null, 0)]
    [InlineData(500, null, 0)]
    [InlineData(502, null, 0)]
    [InlineData(504, "Mon, 01 Jan 2024 00:00:00 GMT", 0)]
    public async Task A_busy_archive_is_asked_again_when_it_says_so(int status, string? after, int seconds)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        var client = Client(Definition(archive.DicomWebRoot) with { QidoUri = null });
        (archive.Faults.BusyStatus, archive.Faults.RetryAfter, archive.Faults.BusyAnswers) = (status, after, seconds > 0 ? 1 : 3);
        var started = Stopwatch.GetTimestamp();
        var result = await SendAsync(client);
        Assert.Equal((2, 0, false), (result!.Stored, result.Failed, result.IsVerified));
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromSeconds(seconds));
        Assert.Equal(StudyState.Sent, Current.State);
    }

    [Fact]
    public async Task An_archive_that_stays_busy_is_an_error_that_says_so()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        archive.Faults.BusyAnswers = int.MaxValue;
        var result = await SendAsync(Client(Definition(archive.DicomWebRoot) with { QidoUri = null }), c => new StudySend(c) { ThrottleLimit = 1, Rejected = Fail });
        Assert.Equal((0, 3), (result!.Stored, result.Failed));
        Assert.Contains("503", Assert.Single(Failures).Error.Message, StringComparison.Ordinal);
        Assert.InRange(archive.Server.Requests.Count, 2, 7);
    }

    [Fact]
    public async Task Who_is_asked_to_come_back_much_later_does_not_wait()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(1);
        (archive.Faults.RetryAfter, archive.Faults.BusyAnswers) = ("86400", int.MaxValue);
        var result = await SendAsync(Client(Definition(archive.DicomWebRoot) with { QidoUri = null }));
        Assert.Equal(1, result!.Failed);
        Assert.Contains("1440 minutes", Assert.Single(Failures).Error.Message, StringComparison.Ordinal);
        Assert.Single(archive.Server.Requests);
    }

    [Theory]
    [InlineData(0xA900, "A900", 1)]
    [InlineData(0xC000, "C000", 1)]
    [InlineData(0x0122, "0122", 1)]
    [InlineData(0x0111, "0111", 1)]
    [InlineData(0xA700, null, 7)]
    [InlineData(0x0110, null, 7)]
    public async Task Of_an_instance_that_is_refused_the_reason_is_told(int reason, string? told, int attempts)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        archive.Faults.FailureReasons[Uids[1]] = reason;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, 1), (result!.Stored, result.Failed));
        var report = Assert.Single(result.Instances);
        Assert.Equal((Uids[1], InstanceStatus.Failed), (report.SopInstanceUid, report.Status));
        if (told is not null)
        {
            Assert.StartsWith(told, report.Reason, StringComparison.Ordinal);
        }

        Assert.Equal([1, attempts, 1], Uids.Select(u => archive.Arrivals[u]));
        archive.Faults.FailureReasons.Clear();
        result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((1, 0, 2), (result!.Stored, result.Failed, result.Skipped));
    }

    [Fact]
    public async Task A_warning_is_told_and_the_instance_is_stored()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        archive.Faults.WarningReasons[Uids[0]] = 0xB000;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, 0), (result!.Stored, result.Failed));
        Assert.Equal(new InstanceReport(Uids[0], InstanceStatus.StoredWithWarning, "B000: the archive has changed attributes."), Assert.Single(result.Instances));
        Assert.Empty(Failures);
    }

    [Fact]
    public async Task Answers_in_xml_and_without_a_body_are_understood()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        archive.Faults.XmlStoreAnswer = true;
        archive.Faults.FailureReasons[Uids[1]] = 0xA900;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, 1), (result!.Stored, result.Failed));
        Assert.StartsWith("A900", Assert.Single(result.Instances).Reason, StringComparison.Ordinal);
        archive.Faults.XmlStoreAnswer = false;
        archive.Faults.EmptyStoreAnswer = true;
        archive.Faults.FailureReasons.Clear();
        result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((1, 0, 2, true), (result!.Stored, result.Failed, result.Skipped, result.IsVerified));
    }

    [Fact]
    public async Task What_an_archive_confirms_and_does_not_list_is_sent_once_more_and_then_an_error()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(3);
        archive.Faults.EmptyStoreAnswer = true;
        archive.Faults.FailureReasons[Uids[2]] = 0xA900; // not stored, and the empty answer says that all is well
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, 1, false), (result!.Stored, result.Failed, result.IsVerified));
        Assert.Equal(2, archive.Arrivals[Uids[2]]);
        Assert.Equal([true, true, false], Current.Files.Select(f => f.Sent is not null));
        Assert.Equal(StudyState.Approved, Current.State);
    }

    [Fact]
    public async Task An_instance_that_was_lost_by_the_archive_comes_back_with_the_next_sending()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        await SendAsync(Client(archive.DicomWebRoot));
        await using var empty = new ScriptedArchive();
        empty.Add(archive.Instances[Uids[0]].File);
        Current.WithTarget(archive.DicomWebRoot + "/studies", empty.DicomWebRoot + "/studies").Write(Folder);
        var result = await SendAsync(Client(empty.DicomWebRoot));
        Assert.Equal((1, 0, 1, true), (result!.Stored, result.Failed, result.Skipped, result.IsVerified));
        Assert.Equal([Uids[1]], empty.Arrivals.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(400)]
    public async Task After_an_answer_that_was_cut_the_archive_is_asked_what_has_arrived(int after)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(6);
        var client = Client(archive.DicomWebRoot);
        var result = await SendAsync(client, c => new StudySend(c) { ThrottleLimit = 1, Rejected = Fail, RequestInstances = CutNext(archive, after) });
        Assert.Equal((6, 0, true), (result!.Stored, result.Failed, result.IsVerified));
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_was_confirmed_and_the_next_call_goes_on()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(6);
        using var stop = new CancellationTokenSource();
        var send = new StudySend(Client(archive.DicomWebRoot)) { RequestInstances = 1, ThrottleLimit = 1, Rejected = Fail };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send.RunAsync([StudyOf(Destination)], _ => { }, new Told<SendProgress>(p =>
        {
            if (p.Instances == 2)
            {
                stop.Cancel();
            }
        }), stop.Token));
        Assert.InRange(Current.Files.Count(f => f.Sent is not null), 2, 5);
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.True(result!.IsVerified && result.Skipped >= 2 && result.Stored + result.Skipped == 6);
    }

    [Fact]
    public async Task Pages_of_any_size_and_none_are_read_to_the_end()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(7);
        (archive.Faults.MaximumResults, archive.Faults.NothingIsNoContent) = (3, true);
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((7, true), (result!.Stored, result.IsVerified));
        (archive.Faults.MaximumResults, archive.Faults.IgnoresOffset) = (int.MaxValue, true);
        Assert.True((await SendAsync(Client(archive.DicomWebRoot)))!.IsVerified);
    }

    [Fact]
    public async Task An_archive_without_qido_is_believed()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        var result = await SendAsync(Client(Definition(archive.DicomWebRoot) with { QidoUri = null, WadoUri = null }));
        Assert.Equal((2, false), (result!.Stored, result.IsVerified));
        Assert.Equal(StudyState.Sent, Current.State);
        Assert.All(archive.Server.Requests, r => Assert.Equal("POST", r.Method));
    }

    [Fact]
    public async Task Progress_has_rate_and_remaining_time_and_ends_at_the_end()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(5);
        var seen = new List<SendProgress>();
        await new StudySend(Client(archive.DicomWebRoot)) { ThrottleLimit = 1 }.RunAsync([StudyOf(Destination)], _ => { }, new Told<SendProgress>(p =>
        {
            lock (seen)
            {
                seen.Add(p);
            }
        }), Cancel);
        Assert.Equal((5, 5, Current.Files.Sum(f => f.Length)), (seen[^1].Instances, seen[^1].TotalInstances, seen[^1].Bytes));
        Assert.Equal(TimeSpan.Zero, seen[^1].Remaining);
        Assert.True(seen[^1].Rate > 0);
    }

    /// <summary>Cuts the answer to the next store; gives a number of instances that puts all into one request.</summary>
    private static int CutNext(ScriptedArchive archive, int after)
    {
        archive.Server.ReadsBody = request =>
        {
            if (request.IsStore && archive.Faults.CutAfter != after + 1)
            {
                archive.Faults.CutAfter = after + 1;
                archive.Faults.CutAnswers = 1;
            }

            return true;
        };
        return 100;
    }

    private static List<HttpMessage> Stores(ScriptedArchive archive) => [.. archive.Server.Requests.Where(r => r.IsStore)];
}
