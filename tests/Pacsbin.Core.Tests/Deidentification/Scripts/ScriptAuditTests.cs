using System.Text.Json;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ScriptAuditTests
{
    private const string Safe = "remove.privategroups=\n";

    /// <summary>Counts are same, stronger, weaker, missing, and behind them the sequences that are not walked.</summary>
    [Theory]
    [InlineData(true, true, "190 45 11 411 0", "0 0 0 657 1299")]
    [InlineData(true, false, "191 45 11 410 0", "190 45 11 411 0")]
    [InlineData(false, true, "188 18 36 415 0", "0 0 0 657 1303")]
    [InlineData(false, false, "189 18 36 414 0", "188 18 36 415 0")]
    public void Published_scripts_leave_this_behind(bool isPacsbin, bool exact, string root, string nested)
    {
        var audit = ScriptAudit.Of(AnonymizerScript.Load(isPacsbin ? PublishedScript.PacsbinPath : PublishedScript.CtpPath, exact), DeidentificationProfile.Pacsbin, "a.json");
        Assert.Equal((root, nested), (Text(audit.Root), Text(audit.Nested)));
        Assert.All(audit.Rows, r => Assert.Equal("a.json", r.Path));

        static string Text(ScriptAuditSummary s)
        {
            Assert.Equal((657, 657), (s.Rows, s.Same + s.Stronger + s.Weaker + s.Missing));
            return $"{s.Same} {s.Stronger} {s.Weaker} {s.Missing} {s.UnwalkedSequences}";
        }
    }

    /// <summary>Read by hand in the standard's table and in Pacsbin's script.</summary>
    [Theory]
    [InlineData("(0002,0003)", "U", ScriptAction.UidHashed, ScriptVerdict.Same)]
    [InlineData("(0008,0018)", "U", ScriptAction.UidHashed, ScriptVerdict.Same)]
    [InlineData("(0008,0020)", "Z", ScriptAction.DateMoved, ScriptVerdict.Weaker)]
    [InlineData("(0008,0030)", "Z", ScriptAction.Emptied, ScriptVerdict.Same)]
    [InlineData("(0008,0050)", "Z", ScriptAction.Hashed, ScriptVerdict.Weaker)]
    [InlineData("(0008,0080)", "X/Z/D", ScriptAction.Removed, ScriptVerdict.Same)]
    [InlineData("(0008,0090)", "Z", ScriptAction.Emptied, ScriptVerdict.Same)]
    [InlineData("(0008,1030)", "X", ScriptAction.Kept, ScriptVerdict.Weaker)]
    [InlineData("(0010,0010)", "Z", ScriptAction.OtherHashed, ScriptVerdict.Weaker)]
    [InlineData("(0010,0020)", "Z/D", ScriptAction.Hashed, ScriptVerdict.Weaker)]
    [InlineData("(0012,0010)", "D", ScriptAction.Left, ScriptVerdict.Missing)]
    [InlineData("(0018,4000)", "X", ScriptAction.Removed, ScriptVerdict.Same)]
    [InlineData("(0018,1009)", "X", ScriptAction.KeptByGroup, ScriptVerdict.Missing)]
    [InlineData("(50xx,xxxx)", "X", ScriptAction.Left, ScriptVerdict.Missing)]
    [InlineData("(60xx,3000)", "X", ScriptAction.Dropped, ScriptVerdict.Same)]
    [InlineData("(FFFA,FFFA)", "X", ScriptAction.Dropped, ScriptVerdict.Same)]
    [InlineData("PRIVATE", "X", ScriptAction.Dropped, ScriptVerdict.Same)]
    public void Script_of_pacsbin_does_this(string tag, string standard, ScriptAction action, ScriptVerdict verdict)
    {
        var row = Row(PublishedScript.Pacsbin, exact: true, tag, ScriptAuditPlace.Root, DeidentificationProfile.Basic);
        Assert.Equal((standard, action, verdict), (row.StandardAction, row.ScriptAction, row.Verdict));
    }

    /// <summary>What CTP wrote for the files of the corpus: what the audit says is gone must not be there, and no value where it says empty.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Output_of_ctp_has_nothing_that_the_audit_says_is_gone(bool isPacsbin)
    {
        var audit = ScriptAudit.Of(AnonymizerScript.Load(isPacsbin ? PublishedScript.PacsbinPath : PublishedScript.CtpPath, exact: true), DeidentificationProfile.Pacsbin);
        var rows = audit.Rows.Where(r => r.Place == ScriptAuditPlace.Root).ToDictionary(r => string.Concat(r.Tag.Where(char.IsAsciiHexDigit)));
        var seen = new HashSet<ScriptAction>();
        foreach (var line in File.ReadLines(TestData.RequireShared("ctp", isPacsbin ? "expected-pacsbin.jsonl" : "expected-dicom-service.jsonl")))
        {
            using var file = JsonDocument.Parse(line);
            foreach (var element in file.RootElement.GetProperty("elements").EnumerateObject())
            {
                if (!rows.TryGetValue(element.Name.ToUpperInvariant(), out var row))
                {
                    continue;
                }

                seen.Add(row.ScriptAction);
                Assert.False(row.ScriptAction is ScriptAction.Removed or ScriptAction.Dropped, $"{row} in {file.RootElement.GetProperty("file")}");
                Assert.True(row.ScriptAction != ScriptAction.Emptied || string.IsNullOrWhiteSpace(element.Value.ToString()), $"{row} in {file.RootElement.GetProperty("file")}");
            }
        }

        Assert.Superset(new HashSet<ScriptAction> { ScriptAction.Emptied, ScriptAction.UidHashed, ScriptAction.Hashed, ScriptAction.Kept, ScriptAction.Left }, seen);
    }

    [Theory]
    [InlineData("@remove()", "0008103E", ScriptAction.Removed, ScriptVerdict.Same)]
    [InlineData("a@remove()@hash(this)", "0008103E", ScriptAction.Removed, ScriptVerdict.Same)]
    [InlineData("@empty()", "0008103E", ScriptAction.Emptied, ScriptVerdict.Weaker)]
    [InlineData("@quarantine()", "0008103E", ScriptAction.Withheld, ScriptVerdict.Stronger)]
    [InlineData("@keep() x", "0008103E", ScriptAction.Replaced, ScriptVerdict.Weaker)]
    [InlineData("NOBODY", "00120010", ScriptAction.Replaced, ScriptVerdict.Same)]
    [InlineData("@param(@A)", "00120010", ScriptAction.Replaced, ScriptVerdict.Same)]
    [InlineData("@integer(this,type,4)", "00120010", ScriptAction.Numbered, ScriptVerdict.Same)]
    [InlineData("@lookup(this,type)", "00120010", ScriptAction.LookedUp, ScriptVerdict.Weaker)]
    [InlineData("@lookup(this,type,keep)", "00120010", ScriptAction.Kept, ScriptVerdict.Weaker)]
    [InlineData("@append(){a}", "00120010", ScriptAction.Extended, ScriptVerdict.Weaker)]
    [InlineData("@require()", "00120010", ScriptAction.Kept, ScriptVerdict.Weaker)]
    [InlineData("@truncate(this,3)", "00120010", ScriptAction.Derived, ScriptVerdict.Weaker)]
    [InlineData("@value(PatientName)", "00120010", ScriptAction.Taken, ScriptVerdict.Weaker)]
    [InlineData("@hash(this)", "0020000E", ScriptAction.Hashed, ScriptVerdict.Weaker)]
    [InlineData("@hashuid(1.2,this)", "0020000E", ScriptAction.UidHashed, ScriptVerdict.Same)]
    [InlineData("@hashuid(1.2,SOPInstanceUID)", "0020000E", ScriptAction.UidHashed, ScriptVerdict.Same)]
    [InlineData("@hashuid(1.2,PatientID)", "0020000E", ScriptAction.OtherHashed, ScriptVerdict.Weaker)]
    [InlineData("1.2.3", "0020000E", ScriptAction.Replaced, ScriptVerdict.Stronger)]
    [InlineData("@incrementdate(this,-137)", "00080020", ScriptAction.DateMoved, ScriptVerdict.Weaker)]
    [InlineData("@incrementdate(this,PatientID,dt)", "00080020", ScriptAction.DateMovedByTable, ScriptVerdict.Same)]
    [InlineData("@modifydate(this,2000,1,1)", "00080020", ScriptAction.Replaced, ScriptVerdict.Stronger)]
    [InlineData("@modifydate(this,*,1,1)", "00080020", ScriptAction.Derived, ScriptVerdict.Weaker)]
    [InlineData("@if(this,isblank){@remove()}{@hash(this)}", "0008103E", ScriptAction.Hashed, ScriptVerdict.Weaker)]
    [InlineData("@if(this,isblank){@remove()}{@if(this,exists){@keep()}{x}}", "0008103E", ScriptAction.Kept, ScriptVerdict.Weaker)]
    [InlineData("\\\\@ke@if(this,isblank){}{ep()}", "0008103E", ScriptAction.Kept, ScriptVerdict.Weaker)]
    [InlineData("@skip()", "0008103E", ScriptAction.PassedOn, ScriptVerdict.Weaker)]
    public void Rule_is_judged_by_the_least_that_it_may_do(string rule, string digits, ScriptAction action, ScriptVerdict verdict)
    {
        var row = Row($"param.A=x\nset.[{digits[..4]},{digits[4..]}]N={rule}\n", exact: false, $"({digits[..4]},{digits[4..]})", ScriptAuditPlace.Root);
        Assert.Equal((action, verdict), (row.ScriptAction, row.Verdict));
        Assert.NotNull(row.Rule);
    }

    [Theory]
    [InlineData("@empty()", true, ScriptAction.ItemsKept, ScriptVerdict.Weaker)]
    [InlineData("@empty()", false, ScriptAction.Emptied, ScriptVerdict.Weaker)]
    [InlineData("text", true, ScriptAction.Unfit, ScriptVerdict.Weaker)]
    [InlineData("text", false, ScriptAction.Emptied, ScriptVerdict.Weaker)]
    [InlineData("@process()", true, ScriptAction.Walked, ScriptVerdict.Weaker)]
    [InlineData("@remove()", true, ScriptAction.Removed, ScriptVerdict.Same)]
    public void Rule_of_a_sequence_is_judged_by_what_becomes_of_its_items(string rule, bool exact, ScriptAction action, ScriptVerdict verdict)
    {
        var row = Row($"set.[0008,1120]N={rule}\n", exact, "(0008,1120)", ScriptAuditPlace.Root);
        Assert.Equal((action, verdict), (row.ScriptAction, row.Verdict));
    }

    [Theory]
    [InlineData("param.A=x", true, "YES", "00080020", ScriptAction.Unfit)]
    [InlineData("param.A=x", true, "20000101", "00080020", ScriptAction.Replaced)]
    [InlineData("param.A=x", false, "YES", "00080020", ScriptAction.Replaced)]
    public void Text_that_a_vr_may_not_hold_leaves_the_value_with_ctp(string line, bool exact, string rule, string digits, ScriptAction action) =>
        Assert.Equal(action, Row($"{line}\nset.[{digits[..4]},{digits[4..]}]N={rule}\n", exact, $"({digits[..4]},{digits[4..]})", ScriptAuditPlace.Root).ScriptAction);

    [Theory]
    [InlineData("remove.unspecifiedelements=", true, "(0010,0010)", ScriptAction.Dropped)]
    [InlineData("remove.unspecifiedelements=", true, "(0020,000D)", ScriptAction.Left)]
    [InlineData("remove.unspecifiedelements=", true, "(0020,000E)", ScriptAction.Dropped)]
    [InlineData("remove.unspecifiedelements=", true, "(60xx,4000)", ScriptAction.Left)]
    [InlineData("remove.unspecifiedelements=", true, "PRIVATE", ScriptAction.Left)]
    [InlineData("remove.unspecifiedelements=\nkeep.group10=", true, "(0010,0010)", ScriptAction.KeptByGroup)]
    [InlineData("remove.privategroups=", true, "PRIVATE", ScriptAction.Dropped)]
    [InlineData("remove.privategroups=\nkeep.group19=", true, "PRIVATE", ScriptAction.KeptByGroup)]
    [InlineData("remove.privategroups=\nkeep.safeprivateelements=", true, "PRIVATE", ScriptAction.SafePrivateKept)]
    [InlineData("remove.privategroups=\nset.[0009[GEMS]02]x=@keep()", true, "PRIVATE", ScriptAction.Kept)]
    [InlineData("remove.curves=", true, "(50xx,xxxx)", ScriptAction.Left)]
    [InlineData("remove.curves=", false, "(50xx,xxxx)", ScriptAction.Dropped)]
    [InlineData("remove.curves=\nremove.unspecifiedelements=", true, "(50xx,xxxx)", ScriptAction.Dropped)]
    [InlineData("remove.curves=\nset.[5002,0010]x=@keep()", false, "(50xx,xxxx)", ScriptAction.Kept)]
    [InlineData("remove.overlays=\nset.[6000,3000]x=@keep()", true, "(60xx,3000)", ScriptAction.Dropped)]
    [InlineData("set.[6000,3000]x=@remove()", true, "(60xx,3000)", ScriptAction.Left)]
    [InlineData("keep.group10=\n#set.[0010,0010]x=@remove()", true, "(0010,0010)", ScriptAction.KeptByGroup)]
    public void Option_decides_where_no_rule_does(string text, bool exact, string tag, ScriptAction action) =>
        Assert.Equal(action, Row(text, exact, tag, ScriptAuditPlace.Root).ScriptAction);

    [Theory]
    [InlineData(Safe, true, ScriptAction.NotReached, ScriptVerdict.Missing)]
    [InlineData(Safe, false, ScriptAction.Removed, ScriptVerdict.Stronger)]
    [InlineData(Safe + "set.[0008,1140]S=@keep()\n", false, ScriptAction.NotReached, ScriptVerdict.Missing)]
    [InlineData(Safe + "set.[0008,1140]S=@empty()\n", false, ScriptAction.Removed, ScriptVerdict.Stronger)]
    [InlineData(Safe + "set.[0008,1140]S=@select(){@remove()}{@keep()}\n", false, ScriptAction.NotReached, ScriptVerdict.Missing)]
    [InlineData("remove.unspecifiedelements=\n", true, ScriptAction.NotReached, ScriptVerdict.Missing)]
    public void Rule_counts_in_items_if_all_sequences_are_walked(string text, bool exact, ScriptAction action, ScriptVerdict verdict)
    {
        var row = Row(text + "set.[0010,0010]N=@remove()\n", exact, "(0010,0010)", ScriptAuditPlace.Nested);
        Assert.Equal((action, verdict), (row.ScriptAction, row.Verdict));
    }

    [Fact]
    public void What_an_option_keeps_may_stay()
    {
        var profile = DeidentificationProfile.Basic.With(ProfileOptions.RetainUids);
        var row = Row("set.[0008,0018]N=@keep()\n", exact: true, "(0008,0018)", ScriptAuditPlace.Root, profile);
        Assert.Equal(("K", ScriptVerdict.Same), (row.StandardAction, row.Verdict));
        Assert.Equal(ScriptVerdict.Stronger, Row("set.[0008,0018]N=@remove()\n", exact: true, "(0008,0018)", ScriptAuditPlace.Root, profile).Verdict);
        Assert.Equal(ScriptVerdict.Weaker, Row("set.[0008,0018]N=@value(PatientID)\n", exact: true, "(0008,0018)", ScriptAuditPlace.Root, profile).Verdict);
    }

    [Fact]
    public void Rules_in_a_circle_are_not_audited() =>
        Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => Row(
            "set.[0008,0018]N=@hashuid(1.2,this,0020000E)\nset.[0020,000E]N=@hashuid(1.2,this,00080018)\n", exact: true, "PRIVATE", ScriptAuditPlace.Root)).Error);

    private static ScriptAuditRow Row(string text, bool exact, string tag, ScriptAuditPlace place, DeidentificationProfile? profile = null) =>
        ScriptAudit.Of(AnonymizerScript.Parse(text, exact), profile ?? DeidentificationProfile.Pacsbin).Rows.Single(r => r.Tag == tag && r.Place == place);
}
