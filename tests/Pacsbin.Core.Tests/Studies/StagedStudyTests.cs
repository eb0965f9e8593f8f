using System.Text;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public sealed class StagedStudyTests : IDisposable
{
    private const string Name = "1.2.3";
    private readonly StudyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Only_one_at_a_time_writes_a_study()
    {
        using (Open())
        {
            Assert.Equal(PacsbinError.ManifestConflict, Assert.Throws<PacsbinException>(() => Open()).Error);
        }

        Open().Dispose();
    }

    [Fact]
    public void What_was_journalled_and_is_whole_is_found_again()
    {
        using (var staged = Open())
        {
            Add(staged, "1.dcm", "one");
            Add(staged, "2.dcm", "two");
            File.WriteAllText(staged.PathOf("3.dcm"), "in no journal");
        }

        using var again = Open();
        Assert.True(again.TryGetLength("1.dcm", out var length));
        Assert.Equal(3, length);
        Assert.True(again.TryGetLength("2.dcm", out _));
        Assert.False(again.TryGetLength("3.dcm", out _));
        Assert.False(File.Exists(again.PathOf("3.dcm")));
    }

    [Fact]
    public void What_is_in_no_journal_does_not_come_along_into_the_finished_study()
    {
        using var staged = Open();
        Add(staged, "1.dcm", "one");
        File.WriteAllText(staged.PathOf("2.dcm"), "rejected, and could not be deleted");
        staged.Finish(Made);
        Assert.Equal(["1.dcm", Manifest.FileName], Directory.GetFiles(Path.Join(folder.Path, Name)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_staged_with_other_settings_is_gone()
    {
        using (var staged = Open())
        {
            Add(staged, "1.dcm", "one");
        }

        using var other = StagedStudy.Open(folder.Path, Name);
        other.Resume("other settings");
        Assert.False(other.TryGetLength("1.dcm", out _));
        Assert.False(File.Exists(other.PathOf("1.dcm")));
    }

    [Theory]
    [InlineData("{\"name\":\"2.dcm\",\"len")]
    [InlineData("\n\n")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("{\"name\":\"../../elsewhere\",\"length\":1,\"xxh128\":\"00\"}\n")]
    public void A_journal_that_ends_in_rubbish_counts_as_far_as_it_is_whole(string rubbish)
    {
        string journal;
        using (var staged = Open())
        {
            Add(staged, "1.dcm", "one");
            journal = staged.PathOf("journal");
        }

        File.AppendAllText(journal, rubbish);
        using var again = Open();
        Assert.True(again.TryGetLength("1.dcm", out _));
    }

    [Fact]
    public void A_study_without_files_leaves_nothing()
    {
        using (var staged = Open())
        {
            staged.Finish(_ => throw new InvalidOperationException("No manifest is asked for."));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(false, new[] { "1.dcm", "2.dcm" })]
    [InlineData(true, new[] { "2.dcm" })]
    public void A_study_that_is_there_is_added_to_or_replaced_as_was_said(bool replacing, string[] left)
    {
        using (var staged = Open())
        {
            Add(staged, "1.dcm", "one");
            staged.Finish(Made);
        }

        using (var staged = Open(replacing))
        {
            Assert.Equal("1.dcm", Assert.Single(staged.Existing!.Files).Name);
            Add(staged, "2.dcm", "two");
            staged.Finish(Made);
        }

        Assert.Equal(left, Manifest.Read(folder[Name])!.Files.Select(f => f.Name));
        Assert.Equal([.. left, Manifest.FileName], Directory.GetFiles(folder[Name]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal([folder[Name]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_was_staged_to_replace_is_not_added_nor_the_other_way_round()
    {
        foreach (var replacing in new[] { true, false })
        {
            using (var staged = Open(replacing))
            {
                Add(staged, "1.dcm", "one");
            }

            using var other = Open(!replacing);
            Assert.False(other.HasFiles);
        }
    }

    [Fact]
    public void A_study_that_is_gone_when_files_are_to_be_added_is_a_conflict()
    {
        using (var staged = Open())
        {
            Add(staged, "1.dcm", "one");
            staged.Finish(Made);
        }

        using var more = Open();
        Add(more, "2.dcm", "two");
        Directory.Delete(folder[Name], recursive: true);
        Assert.Equal(PacsbinError.ManifestConflict, Assert.Throws<PacsbinException>(() => more.Finish(Made)).Error);
    }

    [Fact]
    public void Opened_in_vain_nothing_is_left()
    {
        StagedStudy.Open(folder.Path, Name).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static Manifest Made(IReadOnlyList<ManifestFile> files) => new()
    {
        Format = Manifest.CurrentFormat,
        State = StudyState.Deidentified,
        Tool = "test",
        Created = DateTimeOffset.UnixEpoch,
        Profile = new ManifestProfile("Basic", "2026d", []),
        Settings = "settings",
        StudyInstanceUid = Name,
        Files = files,
        Rejected = new Dictionary<PacsbinError, int>(),
    };

    private static void Add(StagedStudy staged, string name, string content)
    {
        var bytes = Encoding.ASCII.GetBytes(content);
        File.WriteAllBytes(staged.PathOf(name), bytes);
        staged.Add(new ManifestFile(name, bytes.Length, Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(bytes)), null));
    }

    private StagedStudy Open(bool replacing = false)
    {
        var staged = StagedStudy.Open(folder.Path, Name);
        staged.Resume("settings", replacing);
        return staged;
    }
}
