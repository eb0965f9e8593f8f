using Pacsbin.Deidentification.Scripts;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ScriptProblemsTests
{
    [Theory]
    [InlineData("set.[0008,1030]X=@foo(bar)", 1, 18, "@foo is not a function; it is written as text.")]
    [InlineData("set.[0008,1030]X=a@Hash(this)", 1, 19, "@Hash is not a function; it is written as text. Is @hash meant?")]
    [InlineData("set.[0008,1030]X=@hashdat(this,PatientID)", 1, 18, "@hashdat is not a function; it is written as text. Is @hashdate meant?")]
    [InlineData("set.[0008,1030]X=@rmeove()", 1, 18, "@rmeove is not a function; it is written as text. Is @remove meant?")]
    [InlineData("set.[0008,1030]X=@hash(PatientID", 1, 18, "The call has no end; the value ends before it.")]
    [InlineData("set.[0008,1030]X=\\\\\\\\ab@hash(PatientID", 1, 24, "The call has no end; the value ends before it.")]
    [InlineData("set.[0008,1030]X=@if(this,isblank){a}", 1, 18, "if lacks a clause in braces; the value ends here.")]
    [InlineData("set.[0008,1030]X=@select()", 1, 18, "select lacks two clauses in braces; the value ends here.")]
    [InlineData("set.[0008,1030]X=@if(this,isblnk){a}{b}", 1, 27, "'isblnk' is not a test; it is never true.")]
    [InlineData("set.[0008,1030]X=@hash()", 1, 18, "@hash has 0 arguments; it takes 1 to 2.")]
    [InlineData("set.[0008,1030]X=@hashdate(this,PatientID,10)", 1, 18, "@hashdate has 3 arguments; it takes 2.")]
    [InlineData("set.[0008,1030]X=@truncate(this,five)", 1, 33, "'five' is not a whole number.")]
    [InlineData("set.[0008,1030]X=@hash(PatientIdentifier)", 1, 24, "'PatientIdentifier' is neither a keyword of PS3.6 nor a tag.")]
    [InlineData("set.[0008,1030]X=@append(){@if(this,isblank){\\\n  @value(Nobody)}{}}", 2, 10, "'Nobody' is neither a keyword of PS3.6 nor a tag.")]
    [InlineData("set.[0008,1030]X=@lookup(PatientID|Nobody,t)", 1, 26, "'Nobody' is neither a keyword of PS3.6 nor a tag.")]
    [InlineData("set.[0008,1030]X=@hashdate(this,\"root:PatientID\")", 1, 33, "\"root:PatientID\" is in quotes, in which CTP finds no attribute.")]
    [InlineData("set.[0008,1030]X=@hash(ReferencedImageSequence)", 1, 24, "(0008,1140) is a sequence, whose value is always empty.")]
    [InlineData("set.[0008,1030]X=@hash(PatientID::PatientName)", 1, 24, "(0010,0020) is not a sequence.")]
    [InlineData("set.[0008,1030]A=x\nset.[00081030]B=y", 1, 1, "The rule is never applied: line 2 has another for the same attribute.")]
    [InlineData("set.[0009[Acme]02]A=x\nset.[0009,[ACME ]02]B=y", 1, 1, "The rule is never applied: line 2 has another for the same attribute.")]
    [InlineData("remove.overlays=\nset.[6002,0010]A=x", 2, 1, "The rule is never applied: remove.overlays removes the whole group.")]
    [InlineData("set.[0002,0016]A=x", 1, 1, "The rule is never applied: group 0002 is written anew.")]
    [InlineData("set.[0010,0000]A=x", 1, 1, "The rule is never applied: group lengths are not written.")]
    [InlineData("set.[FFFA,FFFA]A=@keep()", 1, 1, "The rule is never applied: behind Pixel Data only @remove() is.")]
    [InlineData("param.A=1\nparam.A=2\nkeep.group18=", 2, 1, "The parameter A is defined twice; this value counts.")]
    [InlineData("param.R=1613192914\nset.[0008,0018]A=@hashuid(@R,this)", 1, 1, "UIDs that start with R are not legal: its first component is not 0, 1 or 2.")]
    [InlineData("set.[0008,0018]A=@hashuid(9999.,this)", 1, 27, "UIDs that start with this root are not legal: its first component is not 0, 1 or 2.")]
    [InlineData("set.[0008,0018]A=@hashuid(1.40,this)", 1, 27, "UIDs that start with this root are not legal: its second component is above 39.")]
    [InlineData("set.[0008,0018]A=@hashuid(1.2.03,this)", 1, 27, "UIDs that start with this root are not legal: its components are not all numbers without leading zeros.")]
    [InlineData("set.[0008,0018]A=@hashuid(,this)", 1, 27, "UIDs that start with this root are not legal: it is empty.")]
    [InlineData("set.[0008,0018]A=@hashuid(1.2.3456789012345678901234567890123456789012,this)", 1, 27, "UIDs that start with this root are not legal: it leaves fewer than 20 digits to tell UIDs apart.")]
    public void What_looks_wrong_is_found_with_line_and_column(string text, int line, int column, string message)
    {
        var problem = Assert.Single(AnonymizerScript.Parse(text).Problems);
        Assert.Equal((message, line, column), (problem.Message, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData("set.[0008,0018]A=@hashuid(2.25,this)")]
    [InlineData("set.[0008,0018]A=@hashuid(1.3.6.1.4.1.14519.5.2.1.9999.9999,root:this,PatientID)")]
    [InlineData("set.[0009[ACME]02]Secret=@hash(this,4)\nset.[0008,1030]A=@hash(Secret)@value(root:0009[ACME]02,x)")]
    [InlineData("set.[0008,1030]A=@value(RefImageSeq::RefSOPInstanceUID)@value([0008,1140]::00081155)@value(0009[ACME]02)")]
    [InlineData("set.[0008,1030]A=@incrementdate(this,PatientID,dt)@require()@require(Modality,\"DEF\")@date()@time(:)@contents(this)@blank(3)")]
    [InlineData("#set.[0008,1030]A=@hash(\n#set.[0008,1030]A=@foo(@NOPE)\nset.[0008,1030]A=@hash(this)")]
    [InlineData("#set.[6000,0010]A=x\nremove.overlays=")]
    [InlineData("set.[0008,1030]A=@if(this,contains,\"@\"){a}{b}@if(this,equals,@NOPE){}{}")]
    [InlineData("set.[FFFA,FFFA]A=@remove()\nset.[6000,0010]A=@remove()\nremove.curves=\nset.[5000,0010]A=x")]
    public void What_is_right_gives_no_finding(string text) => Assert.Empty(AnonymizerScript.Parse(text).Problems);

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("# nothing\nparam.A=1", 2, 10)]
    [InlineData("set.[0010,00100]X=x", 1, 1)]
    [InlineData("set.[PatientName]X=x", 1, 1)]
    [InlineData("keep.group18=\n  keep.groupXY=", 2, 3)]
    [InlineData("remove.everything=", 1, 1)]
    [InlineData("hello world", 1, 1)]
    [InlineData("set.[0008,1030]X=\\u00x1", 1, 18)]
    [InlineData("set.[0008,1030]X=@call(plugin)", 1, 18)]
    [InlineData("set.[0008,1030]X=@contents(this,\"(\")", 1, 33)]
    [InlineData("set.[0008,1030]X=@contents(this,a,$1)", 1, 35)]
    [InlineData("set.[0008,1030]X=@if(this,matches,\"(\"){}{}", 1, 35)]
    [InlineData("set.[0008,1030]X=@lookup(this,t,ignore,\"(\")", 1, 40)]
    [InlineData("set.[0008,1030]X=a@param(@NOPE)", 1, 26)]
    [InlineData("set.[0008,0018]X=@hashuid($NOPE,this)", 1, 27)]
    [InlineData("<script><e t='1'></e></script>", 1, 9)]
    [InlineData("<script>\n <e en='T'></e></script>", 2, 2)]
    [InlineData("<script><e en='T' t='00100010'>", 1, 32)]
    [InlineData("<script><e en='T' t='00100010'><b/></e></script>", 1, 32)]
    [InlineData("<script><x t='00100010'></x></script>", 1, 9)]
    [InlineData("<script>\n x</script>", 1, 9)]
    [InlineData("<script><r en='T' t='all'/></script>", 1, 9)]
    [InlineData("<?pacsbin sequenceAction='burn'?><script><r en='T' t='curves'/></script>", 1, 1)]
    [InlineData("<!DOCTYPE script [<!ENTITY a 'b'>]><script><r en='T' t='curves'/></script>", 1, 1)]
    [InlineData("<scripts/>", 1, 1)]
    [InlineData("<script>\n<e en='T' t='00100010'>&lt;@param(@NOPE)</e></script>", 2, 35)]
    [InlineData("{", 1, 2)]
    [InlineData("{}", 1, 1)]
    [InlineData("""{"rules":[],"extra":1}""", 1, 21)]
    [InlineData("""{"rules":[{"tag":"00100010","operation":{"operationName":"keep"}}]}""", 1, 11)]
    [InlineData("""{"rules":[{"enabled":true,"tag":"0010","operation":{"operationName":"keep"}}]}""", 1, 11)]
    [InlineData("""{"rules":[{"enabled":1,"tag":"00100010","operation":{"operationName":"keep"}}]}""", 1, 22)]
    [InlineData("""{"rules":[],"options":{"keepGroup0010":true}}""", 1, 40)]
    [InlineData("""{"rules":[],"options":{"sequenceAction":"burn"}}""", 1, 41)]
    [InlineData("""{"rules":[{"enabled":true,"tag":"00100010","operation":{"operationName":"param","operationParameters":["@NOPE"]}}]}""", 1, 104)]
    [InlineData("""{"rules":[{"enabled":true,"tag":"00100010","operation":{"operationName":"hash","operationParameters":[{"operationName":"date"}]}}]}""", 1, 103)]
    [InlineData("""{"rules":[{"enabled":true,"tag":"00100010","operation":{"operationName":"select","operationParameters":["x"]}}]}""", 1, 56)]
    [InlineData("""{"rules":[{"enabled":true,"tag":"00100010","operation":{"operationName":"if","operationParameters":["x"]}}]}""", 1, 56)]
    public void What_cannot_run_is_refused_with_line_and_column(string text, int line, int column)
    {
        var error = Assert.Throws<PacsbinException>(() => AnonymizerScript.Parse(text));
        Assert.Equal(PacsbinError.InvalidScript, error.Error);
        Assert.StartsWith($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Undefined_parameter_is_a_finding_where_ctp_is_followed_exactly()
    {
        var problem = Assert.Single(AnonymizerScript.Parse("set.[0010,0020]X=@param(@NOPE)X", exact: true).Problems);
        Assert.Equal("Line 1, column 25: The parameter NOPE is not defined. CTP reads it as null.", problem.ToString());
    }

    [Fact]
    public void Script_of_pacsbin_has_an_illegal_root()
    {
        var problem = Assert.Single(AnonymizerScript.Load(PublishedScript.PacsbinPath).Problems);
        Assert.Equal("Line 19, column 3: UIDs that start with UIDROOT are not legal: its first component is not 0, 1 or 2.", problem.ToString());
    }

    [Fact]
    public void Script_of_ctp_has_an_illegal_root()
    {
        var problem = Assert.Single(AnonymizerScript.Load(PublishedScript.CtpPath).Problems);
        Assert.Equal("Line 9, column 2: UIDs that start with UIDROOT are not legal: its first component is not 0, 1 or 2.", problem.ToString());
    }

    [Fact]
    public void Cases_of_ctp_load_in_both_modes_but_for_the_undefined_parameter()
    {
        var refused = new List<string>();
        foreach (var (name, text, _, _) in PublishedScript.Cases())
        {
            Assert.NotNull(AnonymizerScript.Parse(text, exact: true));
            try
            {
                AnonymizerScript.Parse(text);
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.InvalidScript)
            {
                refused.Add(name);
            }
        }

        Assert.Equal(["undefined param"], refused);
    }
}
