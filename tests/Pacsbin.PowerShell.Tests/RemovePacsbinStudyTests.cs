using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class RemovePacsbinStudyTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.RemovePacsbinStudyCommand";
    readonly ImageStudies images = new("研究 [1]");
    readonly ModuleSession session;

    public RemovePacsbinStudyTests()
    {
        session = new ModuleSession(images.Root);
        session.Set("key", PlannedRegionTests.Secret());
        images.Add("1.dcm", study: 1, instance: 1);
        images.Add("2.dcm", study: 1, instance: 2);
        images.Add("3.dcm", study: 2, instance: 1);
        Run("$written = Invoke-PacsbinAnonymize source -Destination out -Key $key");
    }

    string[] Folders => [.. Directory.GetFileSystemEntries(images.Destination).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        session.Dispose();
        images.Dispose();
    }

    [Fact]
    public void Each_study_is_asked_about()
    {
        string[] before = Folders;
        session.Answers.Enqueue("No");
        session.Answers.Enqueue("Yes");
        Assert.Empty(session.Invoke("Get-DicomStudy out | Remove-PacsbinStudy"));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Answers);
        Assert.Single(before.Intersect(Folders));
        Assert.Contains(session.HostLines, l => l.Contains("Performing the operation \"Delete\" on target \"study with ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("$written | Remove-PacsbinStudy -Confirm:$false")]
    [InlineData("Remove-PacsbinStudy out -Confirm:$false")]
    [InlineData("Remove-PacsbinStudy -Path ./o*t/* -Confirm:$false")]
    [InlineData("Remove-PacsbinStudy -LiteralPath $PWD/out -Confirm:$false")]
    [InlineData("'out' | Remove-PacsbinStudy -Confirm:$false")]
    [InlineData("$ConfirmPreference = 'None'; Approve-PacsbinStudy out -AcceptFinding BurnedInSuspected | Remove-PacsbinStudy")]
    public void Studies_are_deleted(string script)
    {
        Run(script);
        Assert.Empty(session.Errors);
        Assert.Empty(Folders);
        Assert.Equal(3, Directory.GetFiles(images.Source).Length);
        Assert.Equal(2, Run("Invoke-PacsbinAnonymize source -Destination out -Key $key").Count);
    }

    [Fact]
    public void WhatIf_deletes_nothing()
    {
        var before = images.Contents();
        Run("Remove-PacsbinStudy out -WhatIf");
        Assert.Equal(2, session.HostLines.Count(l => l.StartsWith("What if: Performing the operation \"Delete\" on target \"study with ", StringComparison.Ordinal)));
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public void Only_old_studies_are_deleted()
    {
        var (young, old) = (Folders[0], Folders[1]);
        (Manifest.Read(old)! with { Created = DateTimeOffset.UtcNow.AddDays(-91) }).Write(old);
        Run("Remove-PacsbinStudy out -OlderThanDays 92 -Confirm:$false");
        Assert.Equal([young, old], Folders);
        Run("Get-DicomStudy out | Remove-PacsbinStudy -OlderThanDays 90 -Confirm:$false");
        Assert.Equal([young], Folders);
        Run("Remove-PacsbinStudy out -OlderThanDays 0 -Confirm:$false");
        Assert.Empty(Folders);
    }

    [Fact]
    public void Source_study_is_an_error_and_stays()
    {
        Run("Get-DicomStudy source | Remove-PacsbinStudy -Confirm:$false");
        Assert.Equal(2, session.Errors.Count);
        Assert.All(session.Errors, e => Assert.Equal(("DestinationExists" + Id, ErrorCategory.ResourceExists), (e.FullyQualifiedErrorId, e.CategoryInfo.Category)));
        Assert.Equal(3, Directory.GetFiles(images.Source).Length);
        Run("Remove-PacsbinStudy . -Confirm:$false");
        Assert.Equal(2, session.Errors.Count);
        Assert.Empty(Folders);
        Assert.Equal(3, Directory.GetFiles(images.Source).Length);
    }

    [Fact]
    public void Folder_that_holds_more_is_an_error_and_the_others_go()
    {
        string kept = Folders[0];
        File.WriteAllText(Path.Combine(kept, "notes.txt"), "x");
        Run("Remove-PacsbinStudy out -Confirm:$false");
        var error = Assert.Single(session.Errors);
        Assert.Equal(("DestinationExists" + Id, kept), (error.FullyQualifiedErrorId, (string)error.TargetObject));
        Assert.Equal([kept], Folders);
        Assert.True(File.Exists(Path.Combine(kept, "notes.txt")));
    }

    [Theory]
    [InlineData("-LiteralPath $folder")]
    [InlineData("-Path out")]
    public void Interrupted_removal_is_finished_by_the_same_command(string parameters)
    {
        string folder = Folders[0];
        session.Set("folder", folder);
        string aside = Path.Combine(images.Destination, $".{Path.GetFileName(folder)}.removed.partial");
        Directory.Move(folder, aside);
        File.Delete(Directory.GetFiles(aside, "*.dcm")[0]);
        Assert.Single(Run("Get-DicomStudy out"));
        Run($"Remove-PacsbinStudy {parameters} -WhatIf");
        Assert.Contains(session.HostLines, l => l.Contains("Finish an interrupted removal", StringComparison.Ordinal));
        Assert.True(Directory.Exists(aside));
        Run($"Remove-PacsbinStudy {parameters} -Confirm:$false");
        Assert.Empty(session.Errors);
        Assert.DoesNotContain(Folders, f => Path.GetFileName(f)[0] == '.' || f == folder);
    }

    [Fact]
    public async Task Nobody_who_could_answer_is_an_error_and_nothing_is_deleted()
    {
        var before = images.Contents();
        var result = await HostProcess.Run("-Command", $"Remove-PacsbinStudy -LiteralPath '{images.Destination}'");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("-Confirm:$false", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, images.Contents());
    }

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(s => s.BaseObject).OfType<DicomStudy>()];
}
