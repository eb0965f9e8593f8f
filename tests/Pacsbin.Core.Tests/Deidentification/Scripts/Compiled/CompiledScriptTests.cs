using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Compiled;

public sealed class CompiledScriptTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("@lookup(PatientID|AccessionNumber,pair)", "P\\1", "both")]
    [InlineData("@lookup(PatientID,x,remove)", "P", "<Remove>")]
    [InlineData("@lookup(PatientID,x,keep)", "P", "<Keep>")]
    [InlineData("@lookup(PatientID,x,empty)", "P", "<Empty>")]
    [InlineData("@lookup(PatientID,x,ignore,\"P.*\")", "P1", "P1")]
    [InlineData("@lookup(PatientID,x,ignore,\"P.*\")", "Q1", "<Quarantine>")]
    [InlineData("@integer(PatientID,ptid,4)", "P", "0007")]
    [InlineData("@integer(PatientID,ptid)", "P", "7")]
    [InlineData("@value(PatientID,\"none\")", "", "none")]
    [InlineData("@value(Nothing::Here,none)", "P", "none")]
    [InlineData("@uppercase(PatientID)-@lowercase(PatientID)", "Pa", "PA-pa")]
    [InlineData("@pathelement(PatientID,-1)", "a/b/c", "c")]
    [InlineData("@initials(PatientID,1)", "A B", "CB")]
    [InlineData("@encrypt(PatientID,@KEY)", "hello", "5mdT28vminQ=")]
    [InlineData("@decrypt(PatientID,@KEY)", "5mdT28vminQ=", "hello")]
    [InlineData("@decrypt(PatientID,@KEY)", "hello", "(PatientID,@KEY)")]
    [InlineData("@if(PatientID,exists){yes}{no}@if(PatientName,exists){yes}{no}", "", "yesno")]
    [InlineData("@if(PatientID,equals,@NAME){yes}{no}", "ANNA", "yes")]
    [InlineData("@if(PatientID,greaterthan,5){yes}{no}", "P10", "yes")]
    [InlineData("@if(PatientID,greaterthan,x){yes}{no}", "", "no")]
    [InlineData("@if(PatientID,matches,\"[0-9]+\"){yes}{no}", "12a", "no")]
    [InlineData("@if(PatientID,matches,\"(?=a)(a+)+\\\\1$\"){yes}{no}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "<Quarantine>")]
    [InlineData("@hash(this,@LEN)", "PATID1", "1164")]
    [InlineData("@hash(this,x)", "PATID1", "116408632502704896613089476014389049446")]
    [InlineData("@append(){new}", "", "new")]
    [InlineData("@blank(99)", "", "                                                       ")]
    [InlineData("@round(PatientID,@LEN)", "17Y", "016Y")]
    [InlineData("@modifydate(this,2000,*,1)", "19500617", "20000601")]
    [InlineData("@modifydate(this,2000,*)", "19500617", "<Empty>")]
    public void Functions_are_given_what_their_arguments_name(string expression, string id, string expected)
    {
        var dataset = new DicomDataset();
        dataset.Set(new DicomElement(new Tag(0x00080050), Vr.SH, Encoding.ASCII.GetBytes("A1")));
        dataset.Set(new DicomElement(new Tag(0x00100020), Vr.LO, Encoding.ASCII.GetBytes(id)));
        var script = Compile($"param.NAME=anna\nparam.LEN=4\nparam.KEY=8OHSw7Sllod4aVpLPC0eDw==\nset.[0010,0020]X={expression}\n");
        var described = Describe(script, new ScriptScope(dataset, null), dataset, new Tag(0x00100020))["00100020=".Length..];
        Assert.Equal(expression.StartsWith("@hash(this,x)", StringComparison.Ordinal) ? HashFunctions.Hash(ScriptDigest.Bare, id, 0) : expected, described);
    }

    [Fact]
    public void Uid_may_be_hashed_with_what_another_rule_gives()
    {
        var dataset = new DicomDataset();
        dataset.Set(new DicomElement(new Tag(0x00080018), Vr.UI, Encoding.ASCII.GetBytes("1.2")));
        dataset.Set(new DicomElement(new Tag(0x00100020), Vr.LO, Encoding.ASCII.GetBytes("P1")));
        var script = Compile("set.[0008,0018]X=@hashuid(2.25,this,PatientID)\nset.[0010,0020]X=<@contents(this)>\n");
        Assert.Equal("00080018=" + HashFunctions.HashUid(ScriptDigest.Bare, "2.25", "1.2<P1>"), Describe(script, new ScriptScope(dataset, null), dataset, new Tag(0x00080018)));
    }

    [Fact]
    public void Rules_that_refer_to_one_another_are_refused()
    {
        var error = Assert.Throws<PacsbinException>(() => Compile("set.[0008,0018]X=@hashuid(2.25,this,0020000d)\nset.[0020,000d]X=@hashuid(2.25,this,00080018)\n"));
        Assert.Equal((PacsbinError.InvalidScript, "Line 1, column 1: The rule refers to itself."), (error.Error, error.Message));
    }

    [Fact]
    public void Rules_that_refer_to_rules_without_end_are_refused()
    {
        var chain = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"set.[0011,{i:x4}]=@hashuid(2.25,this,0011{i + 1:x4})\n"));
        Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => Compile(chain)).Error);
    }

    [Fact]
    public void Private_rules_are_found_by_creator()
    {
        var dataset = new DicomDataset();
        dataset.Set(new DicomElement(new Tag(0x00090011), Vr.LO, Encoding.ASCII.GetBytes("Acme ")));
        dataset.Set(new DicomElement(new Tag(0x00091102), Vr.LO, Encoding.ASCII.GetBytes("secret")));
        dataset.Set(new DicomElement(new Tag(0x00100020), Vr.LO, Encoding.ASCII.GetBytes("P1")));
        var script = Compile("set.[0009[ACME]02]Secret=@truncate(this,3)\nset.[0009,00[ACME]]=@keep()\nset.[0010,0020]X=@uppercase(Secret)\n");
        var scope = new ScriptScope(dataset, null);
        Assert.Equal("00091102=sec", Describe(script, scope, dataset, new Tag(0x00091102)));
        Assert.Equal("00090011=<Keep>", Describe(script, scope, dataset, new Tag(0x00090011)));
        Assert.Equal("00100020=SECRET", Describe(script, scope, dataset, new Tag(0x00100020)));
        Assert.Null(script.Find(new Tag(0x00091002), dataset));
    }

    [Fact]
    public void Only_rules_that_start_with_always_insert()
    {
        var script = Compile("set.[0008,0060]=@always()@require()\nset.[0008,0070]=@always()x\nset.[0008,0080]=@require()\nset.[0008,0090]=x@always()\n");
        Assert.Equal([(0x60, true, true), (0x70, true, false), (0x80, false, false), (0x90, false, false)],
            script.ByTag.OrderBy(r => r.Key).Select(r => ((int)r.Key.Element, r.Value.InsertsMissing, r.Value.InsertsSequence)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Require_of_pacsbin_inserts_where_ctp_is_not_followed_exactly(bool exact, bool inserts)
    {
        var script = CompiledScript.Compile(AnonymizerScript.Parse("""{"rules":[{"enabled":true,"tag":"00180015","operation":{"operationName":"require"}}]}""", exact), new ScriptEnvironment());
        Assert.Equal(inserts, script.ByTag[new Tag(0x00180015)].InsertsMissing);
    }

    [Fact]
    public void Keyed_script_hashes_under_its_key()
    {
        using var file = DicomFile.Open(TestData.RequireShared("ctp", "cases-input.dcm"));
        var script = CompiledScript.Compile(AnonymizerScript.Load(PublishedScript.CtpPath), new ScriptEnvironment { Digest = ScriptDigest.Keyed(new byte[32]) });
        var described = Describe(script, new ScriptScope(file.Dataset, file.FileMeta), file.Dataset, Tags.PatientId);
        Assert.Matches("^00100020=[0-9]{10}$", described);
        Assert.NotEqual("00100020=1164086325", described);
    }

    [Fact]
    public void Applying_the_script_of_pacsbin_takes_this_long()
    {
        using var file = DicomFile.Open(TestData.RequireShared("ctp", "cases-input.dcm"));
        var script = CompiledScript.Compile(AnonymizerScript.Load(PublishedScript.PacsbinPath, exact: true), new ScriptEnvironment());
        var scope = new ScriptScope(file.Dataset, file.FileMeta);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < 100; n++)
            {
                for (var i = 0; i < file.Dataset.Count; i++)
                {
                    _ = script.Find(file.Dataset[i].Tag, file.Dataset)?.Apply(scope, file.Dataset[i].Tag);
                }
            }

            best = Stopwatch.GetElapsedTime(start) is var time && time < best ? time : best;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Dataset.Count} elements: {best.TotalMicroseconds / 100:F1} µs"));
        Assert.True(script.ByTag.Values.Count(r => r.IsConstant) > script.ByTag.Count * 8 / 10);
    }

    private static CompiledScript Compile(string text) => CompiledScript.Compile(AnonymizerScript.Parse(text, exact: true), new ScriptEnvironment
    {
        Now = () => new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local),
        Lookup = key => key == "pair/P1|A1" ? "both" : null,
        Integer = (type, value, width) => 7.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'),
    });

    private static string Describe(CompiledScript script, ScriptScope scope, DicomDataset dataset, Tag tag)
    {
        var result = script.Find(tag, dataset)!.Apply(scope, tag);
        return $"{tag.Value:X8}={(result.Effect == ScriptEffect.Replace ? result.Text : $"<{result.Effect}>")}";
    }
}
