using System.Management.Automation;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

public sealed class ReceiveDicomStudyTests : ArchiveTests
{
    [Fact]
    public async Task Found_study_is_fetched_into_a_folder_of_its_own()
    {
        var (one, other) = (Studies.Make(4, series: 2), Studies.Make(1));
        await using var pacs = Pacs(one, other);
        var received = RunForStudies("Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Destination './in [2]'");
        Assert.Empty(Errors);
        Assert.Equal(2, received.Count);
        var study = received.Single(s => s.StudyInstanceUid == one.Uid);
        Assert.Equal((StudyState.Source, 4, 2, one.PatientId), (study.State, study.InstanceCount, study.Series.Count, study.PatientId));
        Assert.Equal(Path.Combine(Root, "in [2]"), Path.GetDirectoryName(study.Path));
        AssertSame(one, study);
        Assert.All(Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories), p => Assert.DoesNotContain(one.Uid, p, StringComparison.Ordinal));
        var last = Session.Progress[^1];
        Assert.Equal((ProgressRecordType.Completed, "Fetching a study"), (last.RecordType, last.Activity));
    }

    [Fact]
    public async Task Uids_come_as_text_too()
    {
        var study = Studies.Make(4, series: 2);
        await using var pacs = Pacs(study);
        AssertSame(study, Assert.Single(RunForStudies("$args[0], \" $($args[0]) \" | Receive-DicomStudy -Archive $pacs -Destination in | ForEach-Object { $seen++; if ($seen -eq 1) { $_ } }", study.Uid)));
        Assert.Empty(Errors);
        var series = Assert.Single(RunForStudies("Receive-DicomStudy -Archive $pacs -StudyInstanceUid $args[0] -SeriesInstanceUid $args[1] -Destination series", study.Uid, study.Uid + ".11"));
        Assert.Equal((1, 2), (series.Series.Count, series.InstanceCount));
        var instance = Assert.Single(RunForStudies("Receive-DicomStudy -Archive $pacs -StudyInstanceUid $args[0] -SeriesInstanceUid $args[1] -SopInstanceUid $args[2] -Destination instance",
            study.Uid, study.Uid + ".11", study.SopInstanceUid(2)));
        Assert.Equal(study.SopInstanceUid(2), Assert.Single(instance.Series[0].Instances).SopInstanceUid);
    }

    [Theory]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive $pacs", "InvalidArgument", ErrorCategory.InvalidArgument)]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive $pacs -Destination in -Transient", "InvalidArgument", ErrorCategory.InvalidArgument)]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive $pacs -Destination in -SopInstanceUid 1.2", "InvalidArgument", ErrorCategory.InvalidArgument)]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive $pacs -Destination source/file", "DestinationExists", ErrorCategory.ResourceExists)]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive $pacs -Destination in", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("'../../etc' | Receive-DicomStudy -Archive $pacs -Destination in", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("'1.2.3' | Receive-DicomStudy -Archive nobody -Destination in", "FileNotFound", ErrorCategory.ObjectNotFound)]
    public async Task What_cannot_be_fetched_is_an_error(string script, string id, ErrorCategory category)
    {
        await using var pacs = Pacs(Studies.Make(1));
        File.WriteAllText(Path.Combine(Studies.Source, "file"), "");
        Assert.Empty(Run(script));
        Assert.Equal((id, category), OnlyError());
        Assert.Empty(Directory.GetFiles(Root, "*.dcm", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task WhatIf_fetches_nothing()
    {
        var study = Studies.Make(3);
        await using var pacs = Pacs(study);
        Assert.Empty(Run("Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Destination in -WhatIf; $args[0] | Receive-DicomStudy -Archive $pacs -Transient -WhatIf", study.Uid));
        Assert.Contains($"What if: Performing the operation \"Fetch\" on target \"study with 3 instances in {Name("pacs")}\".", Session.HostLines);
        Assert.Contains($"What if: Performing the operation \"Fetch\" on target \"study in {Name("pacs")}\".", Session.HostLines);
        Assert.All(pacs.Server.Requests, r => Assert.Contains("/studies?", r.Target, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(Root, "in")));
    }

    [Fact]
    public async Task Only_what_is_missing_is_fetched_by_the_next_run()
    {
        var study = Studies.Make(6);
        await using var pacs = Pacs(study);
        pacs.Faults.RetrieveForm = new Multipart { IsClosed = false };
        Run("$remote = Get-DicomStudy -Archive $pacs");
        Assert.Empty(Run("$remote | Receive-DicomStudy -Destination in"));
        Assert.Equal(("ArchiveFailed", ErrorCategory.ConnectionError), OnlyError());
        Assert.Contains("are missing", Errors[0].ToString(), StringComparison.Ordinal);
        object target = Errors[0].TargetObject is PSObject wrapped ? wrapped.BaseObject : Errors[0].TargetObject;
        Assert.Same(Run("$remote")[0], target);
        int here = Directory.GetFiles(Path.Combine(Root, "in"), "*.dcm", SearchOption.AllDirectories).Length;
        pacs.Faults.RetrieveForm = new Multipart();
        int before = Retrievals(pacs);
        AssertSame(study, Assert.Single(RunForStudies("$remote | Receive-DicomStudy -Destination in")));
        Assert.Equal(here == 0 ? 1 : 6 - here, Retrievals(pacs) - before);
        AssertSame(study, Assert.Single(RunForStudies("$remote | Receive-DicomStudy -Destination in")));
        Assert.Equal(here == 0 ? 1 : 6 - here, Retrievals(pacs) - before);
    }

    [Fact]
    public async Task One_failing_study_does_not_keep_the_others()
    {
        var (one, other) = (Studies.Make(2), Studies.Make(2));
        await using var pacs = Pacs(one, other);
        var received = RunForStudies("$args | Receive-DicomStudy -Archive $pacs -Destination in", one.Uid, one.Uid + ".9", other.Uid);
        Assert.Equal(new[] { one.Uid, other.Uid }, received.Select(s => s.StudyInstanceUid));
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
        Assert.Equal(one.Uid + ".9", Errors[0].TargetObject);
    }

    [Fact]
    public async Task Refusal_ends_the_command()
    {
        var (one, other) = (Studies.Make(2), Studies.Make(2));
        await using var pacs = Pacs(one, other);
        Run("$remote = Get-DicomStudy -Archive $pacs");
        int before = pacs.Server.Requests.Count;
        pacs.Faults.RequiredAuthorization = "Bearer x";
        Assert.Empty(Run("$remote | Receive-DicomStudy -Destination in"));
        Assert.Equal(("ArchiveRefused", ErrorCategory.AuthenticationError), OnlyError());
        Assert.Equal(1, pacs.Server.Requests.Count - before);
    }

    [Fact]
    public async Task Study_that_is_here_is_passed_on()
    {
        await using var pacs = Pacs(Studies.Make(1));
        Studies.Make(2).WriteTo(Studies.Source);
        Assert.Equal(StudyState.Source, Assert.Single(RunForStudies("Get-DicomStudy source | Receive-DicomStudy -Destination in")).State);
        Assert.Empty(pacs.Server.Requests);
    }

    [Fact]
    public async Task Transient_files_of_a_study_are_gone_before_the_next_is_fetched()
    {
        var (one, other) = (Studies.Make(5), Studies.Make(3));
        await using var pacs = Pacs(one, other);
        Run("$paths = [Collections.Generic.List[string]]::new(); $counts = [Collections.Generic.List[int]]::new()");
        var written = RunForStudies("""
            Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Transient | ForEach-Object { $paths.Add($_.Path); $counts.Add([IO.Directory]::GetFiles($_.Path, '*.dcm').Count); $_ } |
                Invoke-PacsbinAnonymize -Destination out -Key $key | ForEach-Object { $counts.Add(@($paths | ForEach-Object { [IO.Directory]::GetFiles($_, '*.dcm') }).Count); $_ }
            """);
        Assert.Empty(Errors);
        Assert.Equal([3, 5], written.Select(s => s.InstanceCount).Order());
        int[] counts = [.. Run("$counts").Cast<int>()];
        Assert.Equal([3, 5], new[] { counts[0], counts[2] }.Order());
        Assert.Equal([0, 0], new[] { counts[1], counts[3] });
        AssertNothingLeft(Run("$paths"));
        Assert.Equal(8, Studies.Written.Length);
        Assert.Empty(Studies.Identified(Studies.Workspace));
    }

    [Theory]
    [InlineData("ForEach-Object { $paths.Add($_.Path) }")]
    [InlineData("ForEach-Object { $paths.Add($_.Path); throw 'stopped' }")]
    [InlineData("ForEach-Object { $paths.Add($_.Path); $_ } | Invoke-PacsbinAnonymize -Destination out -Key $key -WhatIf")]
    [InlineData("ForEach-Object { $paths.Add($_.Path); $_ } | Invoke-PacsbinAnonymize -Destination out -Key $key | ForEach-Object { throw 'stopped' }")]
    [InlineData("ForEach-Object { $paths.Add($_.Path); break }")]
    public async Task Transient_files_are_gone_however_the_pipeline_ends(string rest)
    {
        await using var pacs = Pacs(Studies.Make(3), Studies.Make(3));
        Run("$paths = [Collections.Generic.List[string]]::new()");
        try
        {
            Run($"foreach ($once in 1) {{ Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Transient | {rest} }}");
        }
        catch (RuntimeException)
        {
            // Thrown on purpose.
        }

        AssertNothingLeft(Run("$paths"));
    }

    [Fact]
    public async Task Transient_files_are_gone_after_a_study_that_fails()
    {
        var (one, broken) = (Studies.Make(3), Studies.Make(3));
        await using var pacs = Pacs(one, broken);
        Run("$paths = [Collections.Generic.List[string]]::new()");
        var written = RunForStudies("""
            Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Transient |
                ForEach-Object { $paths.Add($_.Path); if ($_.StudyInstanceUid -eq $args[0]) { [IO.File]::WriteAllText($_.Series[0].Instances[0].Path, 'x') }; $_ } |
                Invoke-PacsbinAnonymize -Destination out -Key $key
            """.Replace("$args[0]", $"'{broken.Uid}'", StringComparison.Ordinal));
        Assert.NotEmpty(Errors);
        Assert.Equal([2, 3], written.Select(s => s.InstanceCount).Order());
        AssertNothingLeft(Run("$paths"));
    }

    [Theory]
    [InlineData("Receive-DicomStudy -Transient")]
    [InlineData("Receive-DicomStudy -Transient | Invoke-PacsbinAnonymize -Destination out -Key $key")]
    public async Task Stop_while_fetching_takes_less_than_a_second_and_leaves_nothing(string rest)
    {
        var study = Studies.Make(40, series: 20, side: 256);
        await using var pacs = new ScriptedArchive();
        foreach (byte[] file in study.Files) pacs.Add(file);
        var fetched = new TaskCompletionSource();
        int retrievals = 0;
        await using var slow = new ScriptedServer(async e =>
        {
            if (IsRetrieval(e.Request) && Interlocked.Increment(ref retrievals) > 6)
            {
                fetched.TrySetResult();
                await e.KeepSilentAsync();
            }

            using var http = new HttpClient();
            using var answer = await http.GetAsync(new Uri(pacs.Server.Address, e.Request.Target), Cancel);
            await e.RespondAsync((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Cancel), answer.Content.Headers.ContentType!.ToString());
        });
        Register("pacs", new Uri(slow.Address, "dicom-web"));
        var identified = fetched.Task.ContinueWith(_ => Assert.NotEmpty(Studies.IdentifiedTransient()), Cancel);
        var stopping = await Session.InvokeAndStop($"Get-DicomStudy -Archive $pacs | {rest}", identified);
        await identified;
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
        Assert.Empty(Studies.IdentifiedTransient());
        Assert.Empty(Studies.Copies);
    }

    [Fact]
    public async Task Stop_while_deidentifying_leaves_nothing()
    {
        var study = Studies.Make(600, series: 4);
        await using var pacs = Pacs(study);
        var writing = Task.Run(async () =>
        {
            while (!Directory.Exists(Studies.Workspace) || !Directory.EnumerateFiles(Studies.Workspace, "*.dcm", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Skip(5).Any())
                await Task.Delay(1, Cancel);
        }, Cancel);
        var stopping = await Session.InvokeAndStop("Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Transient | Invoke-PacsbinAnonymize -Destination out -Key $key -ThrottleLimit 1", writing);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
        Assert.Empty(Studies.IdentifiedTransient());
        Assert.Empty(Studies.Copies);
        Assert.Equal(600, Assert.Single(RunForStudies("Get-DicomStudy -Archive $pacs | Receive-DicomStudy -Transient | Invoke-PacsbinAnonymize -Destination out -Key $key")).InstanceCount);
        Assert.Empty(Errors);
        Assert.Empty(Studies.IdentifiedTransient());
    }

    ScriptedArchive Pacs(params PacsStudy[] studies)
    {
        var pacs = new ScriptedArchive();
        foreach (byte[] file in studies.SelectMany(s => s.Files)) pacs.Add(file);
        Register("pacs", pacs.DicomWebRoot);
        return pacs;
    }

    void AssertNothingLeft(List<object> paths)
    {
        Assert.NotEmpty(paths);
        Assert.All(paths, p => Assert.False(Directory.Exists((string)p)));
        Assert.All(paths, p => Assert.False(Directory.Exists(Path.GetDirectoryName((string)p))));
        Assert.Empty(Studies.IdentifiedTransient());
    }

    static bool IsRetrieval(HttpMessage request) => request.Method == "GET" && !request.Target.Contains('?', StringComparison.Ordinal);

    static int Retrievals(ScriptedArchive pacs) => pacs.Server.Requests.Count(IsRetrieval);

    static void AssertSame(PacsStudy expected, DicomStudy received) => Assert.Equal(
        expected.Files.Select(Convert.ToHexString).Order(StringComparer.Ordinal),
        received.Series.SelectMany(s => s.Instances).Select(i => Convert.ToHexString(File.ReadAllBytes(i.Path))).Order(StringComparer.Ordinal));
}
