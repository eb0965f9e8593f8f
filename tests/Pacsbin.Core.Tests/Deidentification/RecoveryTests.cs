using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>What a run makes of a workspace that is not as an earlier run left it, and of files that two of a kind claim.</summary>
public sealed class RecoveryTests : RunningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_that_was_lost_or_cut_is_written_again(bool isCut)
    {
        Source.WithStudy(1, 3);
        var study = Assert.Single(Run());
        var before = Contents(study.Path);
        var lost = Directory.GetFiles(study.Path, "*.dcm").Order(StringComparer.Ordinal).First();
        if (isCut)
        {
            using var file = File.OpenWrite(lost);
            file.SetLength(file.Length / 2);
        }
        else
        {
            File.Delete(lost);
        }

        Assert.Equal(new StudyOutcome(1, 2, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(before, Contents(study.Path));
    }

    [Fact]
    public void A_source_beside_a_foreign_study_json_is_a_source()
    {
        Source.WithStudy(1, 2);
        Source.Write($"study1/{Manifest.FileName}", "{ \"made\": \"by something else\" }"u8.ToArray());
        Assert.Equal(StudyState.Source, Assert.Single(Source.Scan()).State);
        Assert.Equal(new StudyOutcome(2, 0, 0), Assert.Single(Run()).Outcome);
    }

    [Fact]
    public void A_source_that_is_put_beside_copies_is_a_source()
    {
        Source.WithStudy(1, 2);
        var study = Assert.Single(Run());
        var stray = Path.Join(study.Path, "stray.dcm");
        File.WriteAllBytes(stray, StudyFolder.Instance(9, 1));
        var found = new StudyScanner().Scan([study.Path], cancellationToken: TestContext.Current.CancellationToken).Studies;
        Assert.Equal([StudyState.Source, StudyState.Deidentified], found.Select(s => s.State).Order());
        Assert.Equal(stray, Assert.Single(found, s => s.State == StudyState.Source).Series[0].Instances[0].Path);
    }

    [Fact]
    public void A_staging_folder_is_passed_by_with_or_without_its_journal()
    {
        Source.WithStudy(1, 100);
        RunInterrupted(Key);
        var staging = Assert.Single(Directory.GetDirectories(Destination));
        File.Delete(Path.Join(staging, StagingJournal.FileName));
        Assert.NotEmpty(Directory.GetFiles(staging, "*.dcm"));
        Assert.Empty(new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies);
    }

    [Fact]
    public void Forced_with_other_settings_a_study_is_replaced_and_nothing_is_left_of_the_old_one()
    {
        Source.WithStudy(1, 3);
        var first = Assert.Single(Run());
        var before = Contents(first.Path);
        var second = Assert.Single(Run(DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainDeviceIdentity), force: true));
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(before, Contents(second.Path));
        Assert.Equal([second.Path], Directory.GetFileSystemEntries(Destination));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("1..2")]
    public void A_retained_study_uid_leads_nowhere_else(string uid)
    {
        var file = WithStudyUid(StudyFolder.Instance(1, 1), "1.2.826.0.1.3680043.99.1", uid);
        Source.Write("a.dcm", file);
        Run(DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainUids));
        Assert.All(Directory.GetFileSystemEntries(Temporary.Path), e => Assert.Equal(Destination, e));
        Assert.All(Studies(Destination), s => Assert.StartsWith("2.25.", Path.GetFileName(s), StringComparison.Ordinal));
        Assert.Single(Studies(Destination));
    }

    [Fact]
    public void Of_two_files_with_one_uid_the_first_by_path_is_taken_in_every_run()
    {
        for (var round = 0; round < 10; round++)
        {
            Source.Write("b.dcm", StudyFolder.Instance(1, 1, date: "20200101"));
            Source.Write("a.dcm", StudyFolder.Instance(1, 1));
            var destination = Temporary[$"round{round}"];
            var study = Assert.Single(Run(DeidentificationProfile.Basic.With(ProfileOptions.RetainFullDates), destination: destination));
            Assert.Equal("20240229", TextOf(Assert.Single(Directory.GetFiles(study.Path, "*.dcm")), 0x00080020));
        }

        Assert.Equal(10, Rejected.Count);
        Assert.All(Rejected, r => Assert.Equal((Source["b.dcm"], PacsbinError.DestinationExists), r));
    }

    /// <summary>Replaces the value of (0020,000D) by a shorter one and NULs, so that no length changes.</summary>
    private static byte[] WithStudyUid(byte[] file, string old, string replacement)
    {
        byte[] header = [0x20, 0, 0x0D, 0, (byte)'U', (byte)'I', (byte)old.Length, 0];
        var value = file.AsSpan(file.AsSpan().IndexOf(header) + header.Length, old.Length);
        Assert.Equal(old, System.Text.Encoding.ASCII.GetString(value));
        value.Clear();
        System.Text.Encoding.ASCII.GetBytes(replacement, value);
        return file;
    }
}
