using System.Management.Automation;
using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

public sealed class SendPacsbinStudyTests : ArchiveTests
{
    [Theory]
    [InlineData("Send-PacsbinStudy out -Archive $archive")]
    [InlineData("Send-PacsbinStudy -Path ./o*t/* -Archive $archive")]
    [InlineData("Send-PacsbinStudy -LiteralPath $PWD/out -Archive $archive.ToUpper()")]
    [InlineData("'out' | Send-PacsbinStudy -Archive $archive")]
    [InlineData("Get-DicomStudy out | Send-PacsbinStudy -Archive $archive")]
    [InlineData("$all = Get-DicomStudy out; Send-PacsbinStudy -Study $all -Archive $archive")]
    [InlineData("$null = New-PacsbinProject project; $null = Set-PacsbinProject project -Archive $archive; Send-PacsbinStudy out -Project project")]
    public async Task Approved_studies_arrive_and_are_looked_up(string script)
    {
        Approve(Studies.Make(3), Studies.Make(2));
        await using var archive = Archive();
        var results = Run(script).OfType<SendResult>().ToList();
        Assert.Empty(Errors);
        Assert.Equal([2, 3], results.Select(r => r.Stored).Order());
        Assert.All(results, r => Assert.Equal((0, 0, true, true, Name("archive")), (r.Failed, r.Skipped, r.IsComplete, r.IsVerified, r.Archive)));
        Assert.Equal(Studies.Written.Sum(f => new FileInfo(f).Length), results.Sum(r => r.Bytes));
        AssertArrived(archive);
        Assert.All(Studies.Copies, c => Assert.Equal(StudyState.Sent, Manifest.Read(c)!.State));

        results = [.. Run(script).OfType<SendResult>()];
        Assert.Equal([2, 3], results.Select(r => r.Skipped).Order());
        Assert.All(results, r => Assert.Equal((0, 0, true), (r.Stored, r.Failed, r.IsVerified)));
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Study_object_knows_that_it_was_sent()
    {
        Approve(Studies.Make(1));
        await using var archive = Archive();
        Assert.Equal(StudyState.Sent, RunForStudies("$study = Get-DicomStudy out; $null = $study | Send-PacsbinStudy -Archive $archive; $study")[0].State);
        Assert.Equal(StudyState.Sent, RunForStudies("Get-DicomStudy out")[0].State);
    }

    [Theory]
    [InlineData("-Archive $archive")]
    [InlineData("-DestinationPath copy")]
    [InlineData("-DestinationPath copy.zip")]
    public async Task Study_that_is_not_approved_does_not_leave(string to)
    {
        var (approved, other) = (Studies.Make(2), Studies.Make(3));
        Approve(approved);
        other.WriteTo(Studies.Source);
        Run("$null = Invoke-PacsbinAnonymize source -Destination out -Key $key");
        await using var archive = Archive();
        var result = Assert.IsType<SendResult>(Assert.Single(Run($"Get-DicomStudy out, source | Send-PacsbinStudy {to}")));
        Assert.Equal(2, result.Stored);
        Assert.Equal(3, Errors.Count); // one copy, two sources
        Assert.All(Errors, e => Assert.Equal(("NotApproved,Pacsbin.PowerShell.SendPacsbinStudyCommand", ErrorCategory.InvalidOperation), (e.FullyQualifiedErrorId, e.CategoryInfo.Category)));
        Assert.Contains(Errors, e => Studies.Copies.Contains((string)e.TargetObject));
        Assert.Equal(to[1] == 'A' ? 2 : 0, archive.Instances.Count);
        Assert.Empty(Studies.Identified(Path.Combine(Root, "copy"), Studies.Workspace));
    }

    [Fact]
    public async Task Changed_file_is_an_error_and_nothing_of_the_study_leaves()
    {
        Approve(Studies.Make(3));
        await using var archive = Archive();
        Run("$study = Get-DicomStudy out");
        using (var file = File.OpenWrite(Studies.Written[1]))
        {
            file.Position = file.Length - 1;
            file.WriteByte(0x7F);
        }

        Assert.Empty(Run("$study | Send-PacsbinStudy -Archive $archive"));
        Assert.Equal(("NotApproved", ErrorCategory.InvalidOperation), OnlyError());
        Assert.Empty(archive.Server.Requests);
    }

    [Theory]
    [InlineData("-Archive $archive")]
    [InlineData("-DestinationPath copy -MediaDirectory")]
    [InlineData("-DestinationPath copy.zip")]
    public async Task WhatIf_lists_and_sends_nothing(string to)
    {
        Approve(Studies.Make(3), Studies.Make(1));
        await using var archive = Archive();
        Assert.Empty(Run($"Send-PacsbinStudy out {to} -WhatIf"));
        string target = to.StartsWith("-A", StringComparison.Ordinal) ? Name("archive") : to.Split(' ')[1];
        foreach (string copy in Studies.Copies)
        {
            int count = Directory.GetFiles(copy, "*.dcm").Length;
            Assert.Contains($"What if: Performing the operation \"Send to {target}\" on target \"study with {count} {(count == 1 ? "file" : "files")} in {copy}\".", Session.HostLines);
        }

        Assert.Empty(archive.Server.Requests);
        Assert.All(Studies.Copies, c => Assert.Equal(StudyState.Approved, Manifest.Read(c)!.State));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Root), e => Path.GetFileName(e).StartsWith("copy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "InvalidArgument")]
    [InlineData("-Archive $archive -DestinationPath copy", "InvalidArgument")]
    [InlineData("-Archive $archive -MediaDirectory", "InvalidArgument")]
    [InlineData("-Archive nobody", "FileNotFound")]
    [InlineData("-Project nowhere", "FileNotFound")]
    [InlineData("-Project project", "FileNotFound")]
    [InlineData("-Archive $pacs", "ArchiveFailed")]
    public void Goal_that_is_none_is_an_error(string to, string id)
    {
        Approve(Studies.Make(1));
        Run("$null = New-PacsbinProject project; $null = Register-PacsbinArchive $pacs -QidoUri http://127.0.0.1:1/");
        Assert.Empty(Run($"Send-PacsbinStudy out {to}"));
        Assert.Equal(id, OnlyError().Id);
    }

    [Fact]
    public async Task Instance_that_the_archive_refuses_is_in_the_result_and_an_error()
    {
        Approve(Studies.Make(4));
        await using var archive = Archive();
        string[] uids = [.. Studies.Written.Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];
        archive.Faults.FailureReasons[uids[0]] = 0xC000;
        archive.Faults.WarningReasons[uids[1]] = 0xB000;
        var result = Assert.IsType<SendResult>(Assert.Single(Run("Send-PacsbinStudy out -Archive $archive")));
        Assert.Equal(("ArchiveFailed", ErrorCategory.ConnectionError), OnlyError());
        Assert.Contains("1 of 4 instances", Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal((3, 1, false), (result.Stored, result.Failed, result.IsComplete));
        Assert.Equal([(uids[0], InstanceStatus.Failed), (uids[1], InstanceStatus.StoredWithWarning)], result.Instances.Select(i => (i.SopInstanceUid, i.Status)));
        Assert.Contains("C000", result.Instances[0].Reason, StringComparison.OrdinalIgnoreCase);
        archive.Faults.FailureReasons.Clear();
        result = Assert.IsType<SendResult>(Assert.Single(Run("Send-PacsbinStudy out -Archive $archive")));
        Assert.Empty(Errors);
        Assert.Equal((1, 0, 3, true), (result.Stored, result.Failed, result.Skipped, result.IsVerified));
    }

    [Fact]
    public async Task Results_are_a_table()
    {
        Approve(Studies.Make(4));
        await using var archive = Archive();
        archive.Faults.FailureReasons[Path.GetFileNameWithoutExtension(Studies.Written[0])] = 0xC001;
        string table = Session.Show("$result = Send-PacsbinStudy out -Archive $archive -ErrorAction Ignore; $result");
        Assert.Matches(@"(?m)^Archive +Stored +Failed +Skipped +MiB +Duration +IsVerified", table);
        Assert.Matches($@"(?m)^{Name("archive")[..10]}\S* +3 +1 +0 +0\.0 +\d+\.\d s +(True|False)", table);
        Assert.Matches(@"(?m)^Failed +.*C001", Session.Show("$result.Instances"));
    }

    [Fact]
    public async Task Refusal_ends_the_command()
    {
        Approve(Studies.Make(1), Studies.Make(1));
        await using var archive = Archive();
        archive.Faults.RequiredAuthorization = "Bearer x";
        Assert.Empty(Run("Send-PacsbinStudy out -Archive $archive"));
        Assert.Equal(("ArchiveRefused", ErrorCategory.AuthenticationError), OnlyError());
        Assert.Single(archive.Server.Requests);
    }

    [Fact]
    public async Task Progress_tells_rate_and_remaining_time()
    {
        Approve(Studies.Make(12, side: 128));
        await using var archive = Archive();
        archive.Server.ReadsBody = request => !request.IsStore || Wait(150);
        var result = Assert.IsType<SendResult>(Assert.Single(Run("Send-PacsbinStudy out -Archive $archive -RequestInstances 1 -ThrottleLimit 1")));
        Assert.Equal(12, result.Stored);
        var sending = Session.Progress.Where(p => p.Activity == "Sending").ToList();
        Assert.Contains(sending, p => p is { SecondsRemaining: >= 0, PercentComplete: > 0 and < 100 });
        Assert.All(sending, p => Assert.Matches(@"^\d+ of 12 instances, \d+ of \d+ MiB, \d+\.\d MiB/s$", p.StatusDescription));
        Assert.Equal(ProgressRecordType.Completed, sending[^1].RecordType);
    }

    [Fact]
    public async Task Stopped_command_is_completed_by_the_same_command()
    {
        Approve(Studies.Make(30));
        await using var archive = Archive();
        var third = new TaskCompletionSource();
        int stores = 0;
        bool isSlow = true;
        archive.Server.ReadsBody = request => !isSlow || !request.IsStore || Interlocked.Increment(ref stores) < 3 || (third.TrySetResult() | Wait(100));
        const string Command = "Send-PacsbinStudy out -Archive $archive -RequestInstances 2 -ThrottleLimit 1";
        var stopping = await Session.InvokeAndStop(Command, third.Task);
        isSlow = false;
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
        int confirmed = Manifest.Read(Studies.Copies[0])!.Files.Count(f => f.Sent is not null);
        Assert.InRange(confirmed, 2, 29);
        var arrived = archive.Arrivals.ToDictionary();
        var result = Assert.IsType<SendResult>(Assert.Single(Run(Command)));
        Assert.Empty(Errors);
        Assert.Equal((30, 0, true), (result.Stored + result.Skipped, result.Failed, result.IsVerified));
        Assert.InRange(result.Skipped, confirmed, arrived.Count);
        AssertArrived(archive);
        Assert.InRange(archive.Arrivals.Values.Count(c => c > 1), 0, 30 - confirmed);
    }

    [Fact]
    public async Task Study_that_another_process_uses_is_an_error()
    {
        Approve(Studies.Make(2), Studies.Make(1));
        await using var archive = Archive();
        bool hasTried = false;
        IReadOnlyList<ErrorRecord> errors = [];
        using var other = new ModuleSession(Root, Overheard.Add);
        archive.Server.ReadsBody = request =>
        {
            if (request.IsStore && !hasTried)
            {
                hasTried = true;
                other.Invoke("Send-PacsbinStudy -LiteralPath $args[0] -Archive $args[1]", Studies.Copies.Single(c => !Manifest.Read(c)!.Files.Any(f => f.Sent is not null) && Manifest.Read(c)!.Files.Count == 2), Name("archive"));
                errors = other.Errors;
            }

            return true;
        };
        Run("Get-DicomStudy out | Where-Object InstanceCount -eq 2 | Send-PacsbinStudy -Archive $archive");
        Assert.Empty(Errors);
        var error = Assert.Single(errors);
        Assert.Equal(("ManifestConflict,Pacsbin.PowerShell.SendPacsbinStudyCommand", ErrorCategory.ResourceBusy), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.All(archive.Arrivals.Values, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData("'copy [2]'", false)]
    [InlineData("'copy [2]' -MediaDirectory", true)]
    [InlineData("'copy [2].zip'", false)]
    [InlineData("'copy [2].ZIP' -DicomDir", true)]
    public void Copies_are_in_a_folder_or_a_zip_file(string to, bool hasDirectory)
    {
        Approve(Studies.Make(3), Studies.Make(2));
        var results = Run($"Send-PacsbinStudy out -DestinationPath {to}").Cast<SendResult>().ToList();
        Assert.Empty(Errors);
        bool isZip = to.Contains("zip", StringComparison.OrdinalIgnoreCase);
        Assert.All(results, r => Assert.Equal((isZip ? "Zip" : "Folder", true, true), (r.Archive, r.IsComplete, r.IsVerified)));
        Assert.Equal([2, 3], results.Select(r => r.Stored).Order());
        string copy = Path.Combine(Root, to.Split('\'')[1]);
        if (isZip)
        {
            System.IO.Compression.ZipFile.ExtractToDirectory(copy, copy + ".out");
            copy += ".out";
        }

        var files = Directory.GetFiles(copy, "*", SearchOption.AllDirectories);
        var contents = files.Select(f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))).ToHashSet();
        Assert.All(Studies.Copies.SelectMany(c => Manifest.Read(c)!.Files), f => Assert.Contains(f.Sha256!.ToUpperInvariant(), contents));
        Assert.Equal(hasDirectory, files.Any(f => Path.GetFileName(f) == "DICOMDIR"));
        Assert.Empty(Studies.Identified(copy));

        Run($"Send-PacsbinStudy out -DestinationPath {to}");
        Assert.All(Errors, e => Assert.Equal("DestinationExists", e.FullyQualifiedErrorId.Split(',')[0]));
        results = [.. Run($"Send-PacsbinStudy out -DestinationPath {to} -Force").Cast<SendResult>()];
        Assert.Empty(Errors);
        Assert.All(results, r => Assert.True(r.IsComplete));
    }

    static bool Wait(int milliseconds)
    {
        Thread.Sleep(milliseconds); // a slow network
        return true;
    }

    ScriptedArchive Archive()
    {
        var archive = new ScriptedArchive();
        Register("archive", archive.DicomWebRoot);
        return archive;
    }

    void AssertArrived(ScriptedArchive archive)
    {
        Assert.Equal(Studies.Written.Length, archive.Instances.Count);
        Assert.All(Studies.Written, f => Assert.Equal(File.ReadAllBytes(f), archive.Instances[Path.GetFileNameWithoutExtension(f)].File));
    }
}
