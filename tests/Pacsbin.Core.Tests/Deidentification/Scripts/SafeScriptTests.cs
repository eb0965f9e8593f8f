using System.Collections.Concurrent;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class SafeScriptTests : RunningTests
{
    private static readonly byte[] Instance = new DicomBuilder()
        .Element(0x00080005, "CS", "ISO_IR 100")
        .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2")
        .Element(0x00080018, "UI", "1.2.3.4")
        .Sequence(0x00081111, true, i => i.Element(0x00100010, "PN", "Mills^Ann"))
        .Sequence(0x00081115, true, i => i
            .Sequence(0x00081199, true, r => r.Element(0x00081155, "UI", "1.2.3.4"))
            .Private(0x00090010, "ACME", p => p.Element(0x00091001, "LO", "Ann Mills"))
            .Element(0x00100010, "PN", "Mills^Ann")
            .Element(0x0020000E, "UI", "1.2.3.5"))
        .Sequence(0x00081140, true, i => i.Element(0x00081155, "UI", "1.2.3.4"))
        .Private(0x00090010, "ACME", p => p.Element(0x00091001, "LO", "one").Element(0x00091002, "LO", "two"))
        .Element(0x00100010, "PN", "Mills^Ann")
        .Element(0x00100020, "LO", "PAT1")
        .Element(0x00100030, "DA", "19700131")
        .Element(0x00105555, "LO", "unknown")
        .Element(0x00181030, "LO", "Protocol of Ann")
        .Element(0x0020000D, "UI", "1.2.3")
        .Element(0x00200052, "UI", "1.2.3.6")
        .Numbers(0x00280010, "US", 2)
        .Element(0x50000010, "US", 1, 0)
        .ToFile();

    [Fact]
    public void Tokens_of_hazards_are_in_no_copy_under_the_script_of_pacsbin()
    {
        var script = AnonymizerScript.Load(PublishedScript.PacsbinPath);
        List<string> leaks = [];
        List<string> refused = [];
        foreach (var hazard in TestData.Hazards())
        {
            var rejected = new ConcurrentBag<PacsbinException>();
            var copies = new ConcurrentBag<DicomStudy>();
            using var run = new DeidentificationRun(DeidentificationProfile.Basic, Path.Join(Destination, hazard.Token)) { Script = script, Rejected = (_, e) => rejected.Add(e) };
            var found = new StudyScanner { IncludeDirectories = true, Rejected = (_, e) => rejected.Add(e) }.Scan([hazard.Path], cancellationToken: TestContext.Current.CancellationToken);
            run.Run(found.Studies, copies.Add, cancellationToken: TestContext.Current.CancellationToken);
            leaks.AddRange(copies.SelectMany(s => Directory.EnumerateFiles(s.Path)).Select(f => TokenSearch.Find(File.ReadAllBytes(f), hazard.Token)).Where(w => w is not null).Select(w => $"{hazard.Name}: {w} ({hazard.Why})"));
            if (hazard.Expect == "clean" && copies.IsEmpty)
            {
                refused.Add($"{hazard.Name}: {string.Join(' ', rejected.Select(e => $"{e.Error} {e.Message}"))}");
            }
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));

        Assert.All(refused, r => Assert.Matches("_(video|jxl)_.* UnsupportedTransferSyntax", r)); // as without a script
        Assert.InRange(refused.Count, 1, 12);
    }

    [Fact]
    public void What_ctp_lets_through_goes()
    {
        List<Finding> findings = [];
        using var copy = Scripted.Open(
            Instance,
            """
            keep.group18=
            remove.privategroups=
            remove.curves=
            set.[0008,1140]=@empty()
            set.[0008,1115]=@keep()
            set.[0008,1111]=text
            set.[0010,0010]=@hash(this,6)
            set.[0010,0030]=not a date
            set.[0028,0010]=many
            """,
            findings: findings);
        var dataset = copy.Dataset;
        Assert.Equal(0, dataset.TryGet(new Tag(0x00081140), out var emptied) ? emptied.Sequence!.Items.Count : -1);
        Assert.Equal(0, dataset.TryGet(new Tag(0x00081111), out var text) ? text.Sequence!.Items.Count : -1);
        Assert.Matches("^[0-9]{6}$", dataset.Text(0x00100010)!);
        Assert.Equal(dataset.Text(0x00100010), dataset.Item(0x00081115).Text(0x00100010)); // a sequence that is kept is walked
        Assert.False(dataset.Item(0x00081115).Contains(new Tag(0x00091001)));
        Assert.Equal("", dataset.Text(0x00100030));
        Assert.Equal(0, dataset.TryGet(new Tag(0x00280010), out var rows) ? rows.Value.Length : -1);
        Assert.Equal([0x00081111u, 0x00100030u, 0x00280010u], findings.Where(f => f.Kind == FindingKind.ValueNotStored).Select(f => f.Tag!.Value.Value).Order().ToArray());
        Assert.False(dataset.Contains(new Tag(0x50000010)));
        Assert.False(dataset.Contains(new Tag(0x00181030))); // keep.group names no attribute: the profile decides
        Assert.False(dataset.Contains(new Tag(0x00105555)));
        Assert.False(dataset.Contains(new Tag(0x00091001)));
        Assert.Equal(dataset.Text(0x00080018), copy.FileMeta.Text(0x00020003));
        Assert.Equal("YES", dataset.Text(0x00120062));
        Assert.Equal("PacsbinPS", dataset.Text(0x00120063)![..9]);
        Assert.False(dataset.Contains(Tags.DeidentificationMethodCodeSequence)); // a rule may do less than the codes say
    }

    [Fact]
    public void Rules_come_before_the_profile_and_attributes_without_one_are_the_profiles()
    {
        using var copy = Scripted.Open(Instance, "set.[0018,1030]=@keep()\nset.[0010,0020]=ID-@truncate(this,2)\nset.[0009[ACME]01]=@uppercase(this)\nset.[0009[ACME]02]=@keep()\nset.[0010,5555]=@keep()\n");
        Assert.Equal("Protocol of Ann", copy.Dataset.Text(0x00181030));
        Assert.Equal("ID-PA", copy.Dataset.Text(0x00100020));
        Assert.Equal(("ACME", "ONE", "two"), (copy.Dataset.Text(0x00090010), copy.Dataset.Text(0x00091001), copy.Dataset.Text(0x00091002)));
        Assert.Equal("unknown", copy.Dataset.Text(0x00105555));
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        Assert.Equal(pseudonymizer.PatientPseudonym(new PatientKey("", "PAT1")), copy.Dataset.Text(0x00100010));
        Assert.Equal("", copy.Dataset.Text(0x00100030));
    }

    [Theory]
    [InlineData("set.[0008,0018]=@hashuid(2.25.7,this)\n", "2.25.7.")]
    [InlineData("set.[0008,0018]=@hashuid(2.25.7,this,PatientID)\nset.[0010,0020]=x\n", "2.25.")]
    public void References_hold_where_only_the_instance_is_named(string script, string root)
    {
        using var copy = Scripted.Open(Instance, script);
        var own = copy.Dataset.Text(0x00080018)!;
        Assert.StartsWith("2.25.7.", own, StringComparison.Ordinal);
        Assert.Equal(root == "2.25.7.", own == copy.Dataset.Item(0x00081115).Item(0x00081199).Text(0x00081155));
        Assert.StartsWith(root, copy.Dataset.Text(0x00200052)!, StringComparison.Ordinal);
        Assert.Equal("1.2.840.10008.5.1.4.1.1.2", copy.Dataset.Text(0x00080016));
    }

    [Theory]
    [InlineData("set.[0010,0010]=@skip()\n", "exact run")]
    [InlineData("set.[0010,0010]=@quarantine()\n", "says so")]
    [InlineData("set.[0010,0020]=@lookup(this,ptid)\n", "lacks a value")]
    [InlineData("set.[0010,0020]=@integer(this,ptid,4)\n", "no table of integers")]
    public void File_is_withheld(string script, string why)
    {
        var error = Assert.Throws<PacsbinException>(() => Scripted.Open(Instance, script));
        Assert.Equal(PacsbinError.Quarantined, error.Error);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PAT1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remove.unspecifiedelements=\nkeep.group28=\nset.[0010,0010]=x\n", 0x0020000Eu, false)]
    [InlineData("remove.unspecifiedelements=\nset.[0010,0010]=x\n", 0x00080016u, true)]
    [InlineData("remove.unspecifiedelements=\nset.[0010,0010]=x\n", 0x00280010u, true)]
    [InlineData("set.[0018,0015]=@always()CHEST\n", 0x00180015u, true)]
    [InlineData("set.[0018,0015]=CHEST\n", 0x00180015u, false)]
    [InlineData("{\"rules\":[{\"enabled\":false,\"tag\":\"00280010\",\"operation\":{\"operationName\":\"keep\"}}],\"options\":{\"removeDisabled\":true,\"removePrivateGroups\":true}}", 0x00280010u, false)]
    [InlineData("{\"rules\":[{\"enabled\":false,\"tag\":\"00280010\",\"operation\":{\"operationName\":\"keep\"}}],\"options\":{\"removePrivateGroups\":true}}", 0x00280010u, true)]
    public void Options_and_insertion(string script, uint tag, bool isThere)
    {
        using var copy = Scripted.Open(Instance, script);
        Assert.Equal(isThere, copy.Dataset.Contains(new Tag(tag)));
    }

    [Fact]
    public void Text_is_written_in_the_files_character_set_or_not_at_all()
    {
        byte[] Of(string characterSet) => new DicomBuilder().Element(0x00080005, "CS", characterSet).Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2").Element(0x00080018, "UI", "1.2.3.4")
            .Element(0x00081030, "LO", "x").ToFile();
        List<Finding> findings = [];
        using var utf8 = Scripted.Open(Of("ISO_IR 192"), "set.[0008,1030]=Müller\n", findings: findings);
        using var latin = Scripted.Open(Of("ISO_IR 100"), "set.[0008,1030]=Müller\n", findings: findings);
        Assert.Equal(("Müller", "Müller"), (utf8.Dataset.GetString(new Tag(0x00081030)), latin.Dataset.GetString(new Tag(0x00081030))));
        Assert.DoesNotContain(findings, f => f.Kind == FindingKind.ValueNotStored);
        using var cyrillic = Scripted.Open(Of("ISO_IR 144"), "set.[0008,1030]=Müller\n", findings: findings);
        Assert.Equal("", cyrillic.Dataset.Text(0x00081030));
        Assert.Contains(findings, f => f.Kind == FindingKind.ValueNotStored);
    }
}
