using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Verification;

/// <summary>The leak check over every copy of the corpus.</summary>
[Collection(nameof(DeidentifiedCorpus))]
public class LeakCheckCorpusTests(DeidentifiedCorpus corpus)
{
    /// <summary>Patients of sample files that are called as something else in them is; for these there is the allow list.</summary>
    private static readonly Dictionary<string, string> Coincidences = new()
    {
        ["28c4a61022d7_explicit_VR-UN.dcm"] = "PANCREAS",
        ["e7f571c0b8d4_rwvm.dcm"] = "HEADNECK QIICR",
        ["87363fc231a8_prLUTs.dcm"] = "LUT",
        ["aae4c32a21bb_ELSCINT1_JP2vsJ2K.dcm"] = "JPEG",
    };

    [Fact]
    public void Fewer_than_one_in_a_hundred_undisputed_files_raises_a_false_alarm()
    {
        var copies = corpus.Copies.Where(c => c.Copy is not null && c.Source.IsUndisputed).ToList();
        var alarms = copies.Where(c => Leaks(c).Count > 0).Select(c => c.Source.Name).ToList();
        TestContext.Current.SendDiagnosticMessage($"{alarms.Count} alarms in {copies.Count} files.");
        Assert.Equal(Coincidences.Keys.Order(), alarms.Order());
        Assert.True(alarms.Count * 100 < copies.Count);
    }

    [Fact]
    public void Allowed_words_end_the_false_alarms() =>
        Assert.All(Coincidences, c => Assert.Empty(Leaks(corpus[c.Key], c.Value.Split(' '))));

    /// <summary>The check sees what it is there for: a source is no copy of itself.</summary>
    [Fact]
    public void Sources_that_pass_for_their_copies_are_noticed()
    {
        int noticed = 0, all = 0;
        foreach (var file in corpus.Copies.Where(c => c.Copy is not null && c.Source.IsUndisputed).Select(c => c.Source))
        {
            using var source = DicomFile.Open(file.Path);
            using var same = DicomFile.Open(file.Path);
            noticed += Verified.Leaks(source, same, new byte[128], DeidentificationProfile.Pacsbin.Options).Count > 0 ? 1 : 0;
            all++;
        }

        Assert.Equal(all, noticed);
    }

    private static IReadOnlyList<Leak> Leaks(CorpusCopy copy, params string[] allowedWords)
    {
        using var source = DicomFile.Open(copy.Source.Path);
        using var written = DicomFile.Open(copy.Copy!);
        return Verified.Leaks(source, written, new byte[128], DeidentificationProfile.Pacsbin.Options, allowedWords);
    }
}
