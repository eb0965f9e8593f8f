using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Deidentification.Scripts;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ScriptWriterTests
{
    /// <summary>Cases that say what JSON has no operation for.</summary>
    private static readonly string[] BeyondJson =
        ["hashptid+literal", "undefined param", "unbalanced", "escape", "keep text mix", "remove embedded", "keep.safeprivate", "rue", "rue+rol", "SQ process + rue"];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Published_scripts_are_the_same_after_writing(bool isPacsbin, bool asXml)
    {
        var script = AnonymizerScript.Load(isPacsbin ? PublishedScript.PacsbinPath : PublishedScript.CtpPath);
        AssertSame(script, asXml);
    }

    [Fact]
    public void Script_of_ctp_is_written_as_it_stands_but_for_the_order_of_its_options()
    {
        static string[] Lines(string text) => [.. text.ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith(" <e", StringComparison.Ordinal) || l.StartsWith(" <p", StringComparison.Ordinal))];
        var written = Lines(AnonymizerScript.Parse(PublishedScript.Ctp).ToCtpXml());
        Assert.Equal(Lines(PublishedScript.Ctp), written.Select(l => l.Replace(">@empty()</e>", "></e>", StringComparison.Ordinal)),
            (a, b) => a.Replace(">@empty()</e>", "></e>", StringComparison.Ordinal) == b);
    }

    [Fact]
    public void Script_of_pacsbin_is_written_with_the_operations_that_it_has()
    {
        static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace(",\"operationParameters\":[]", "", StringComparison.Ordinal);
        Assert.Equal(Plain(PublishedScript.Pacsbin), Plain(AnonymizerScript.Parse(PublishedScript.Pacsbin).ToPacsbinJson()));
    }

    [Fact]
    public void Cases_of_ctp_are_the_same_after_writing_as_xml()
    {
        foreach (var (_, text, _, _) in PublishedScript.Cases())
        {
            AssertSame(AnonymizerScript.Parse(text, exact: true), asXml: true);
        }
    }

    [Fact]
    public void Cases_of_ctp_are_the_same_after_writing_as_json_or_refused()
    {
        var refused = new List<string>();
        foreach (var (name, text, _, _) in PublishedScript.Cases())
        {
            var script = AnonymizerScript.Parse(text, exact: true);
            try
            {
                AssertSame(script, asXml: false);
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.InvalidScript)
            {
                Assert.StartsWith("Pacsbin's JSON cannot say this: ", e.Message, StringComparison.Ordinal);
                refused.Add(name);
            }
        }

        Assert.Equal(BeyondJson, refused);
    }

    [Theory]
    [InlineData("@always()@param(@A)x@require()", """{"operationName":"always","operationParameters":[{"operationName":"param","operationParameters":["@A"]},"x",{"operationName":"require","operationParameters":[]}]}""")]
    [InlineData("@append(){a@date(-)}", """{"operationName":"append","operationParameters":["a",{"operationName":"date","operationParameters":["-"]}]}""")]
    [InlineData("@if(this,contains,\"doe\"){@remove()}{}", """{"operationName":"if","operationParameters":["this","contains","\"doe\"",{"operationName":"remove","operationParameters":[]},""]}""")]
    [InlineData("@select(){@always()a}{b}", """{"operationName":"select","operationParameters":[{"operationName":"always","operationParameters":["a"]},"b"]}""")]
    [InlineData("CTP", """{"operationName":"param","operationParameters":["CTP"]}""")]
    [InlineData("@foo(x)", """{"operationName":"foo","operationParameters":["x"]}""")]
    public void Expressions_of_ctp_are_operations_of_pacsbin(string expression, string operation)
    {
        var script = AnonymizerScript.Parse($"param.A=1\nset.[0010,0020]X={expression}\n");
        var json = string.Concat(script.ToPacsbinJson().Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains($"\"operation\":{operation}", json, StringComparison.Ordinal);
        Assert.Equal(script.Rules[0].Text, AnonymizerScript.Parse(json).Rules[0].Text);
    }

    [Theory]
    [InlineData("""["hash",["0010,0020","4"]]""", "@hash([0010,0020],4)")]
    [InlineData("""["contents",["this","a,b","(c"]]""", "@contents(this,\"a,b\",\"(c\")")]
    [InlineData("""["hashuid",[["param",["@A"]],"this"]]""", "@hashuid(@A,this)")]
    [InlineData("""["always",[" ","@x()"," y"]]""", @"@always() \@x() y")]
    [InlineData("""["append",["{[\"}"]]""", @"@append(){\{\[\""\}}")]
    [InlineData("""["param",["free text"]]""", "free text")]
    public void Operations_of_pacsbin_are_expressions_of_ctp(string operation, string expression)
    {
        var script = AnonymizerScript.Parse(Json(operation));
        Assert.Equal(expression, script.Rules[0].Text);
        AssertSame(script, asXml: true);
        AssertSame(script, asXml: false);
    }

    [Theory]
    [InlineData("param.A=\\u0001\nkeep.group18=", "CTP's XML cannot say this: the parameter A has a character that no XML has.")]
    [InlineData("set.[0010,0020]X=\\uD800", "CTP's XML cannot say this: the rule for 00100020 has a character that no XML has.")]
    public void What_xml_cannot_say_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<PacsbinException>(() => AnonymizerScript.Parse(text).ToCtpXml()).Message);

    [Theory]
    [InlineData("keep.group0010=", "Pacsbin's JSON cannot say this: the option keep.group0010.")]
    [InlineData("keep.safeprivateelements=", "Pacsbin's JSON cannot say this: the option keep.safeprivateelements.")]
    [InlineData("remove.unspecifiedelements=", "Pacsbin's JSON cannot say this: the option remove.unspecifiedelements.")]
    [InlineData("set.[0010,0020]X=a@date()", "Pacsbin's JSON cannot say this: the rule for 00100020 has text and calls side by side.")]
    [InlineData("set.[0010,0020]X=@date(", "Pacsbin's JSON cannot say this: the rule for 00100020 has a call without its end.")]
    [InlineData("set.[0010,0020]X=$5", "Pacsbin's JSON cannot say this: the rule for 00100020 has text that would be taken for a parameter.")]
    [InlineData("set.[0010,0020]X=@always(x)y", "Pacsbin's JSON cannot say this: the rule for 00100020.")]
    [InlineData("set.[0010,0020]X=\\uD800", "Pacsbin's JSON cannot say this: the rule for 00100020.")]
    public void What_json_cannot_say_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<PacsbinException>(() => AnonymizerScript.Parse(text).ToPacsbinJson()).Message);

    [Fact]
    public void Made_scripts_are_the_same_after_writing()
    {
        var piece = Gen.Elements(
            "@", "\\", "(", ")", "{", "}", "[", "]", "\"", ",", " ", "a", "é", "<&>", "\t", "10", "this", "PatientID", "@hash(", "@param(@A)", "@append(){", "@if(this,isblank)", "@always()",
            "@keep()", "@remove()", "@foo(", "@contents(this,\"a,b\")", "}{", "$", "\n");
        var texts = piece.ListOf().Select(string.Concat);
        var rules = from text in texts
                    from isEnabled in ArbMap.Default.GeneratorFor<bool>()
                    from tag in Gen.Choose(0x00080000, 0x0010FFFF)
                    select (text, isEnabled, tag);
        var written = 0;
        Prop.ForAll(rules.NonEmptyListOf().ToArbitrary(), made =>
        {
            var lines = made.Select(r => $"{(r.isEnabled ? "" : "#")}set.[{(uint)r.tag >> 16:x4},{r.tag & 0xFFFF:x4}]N={r.text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
            var script = AnonymizerScript.Parse("param.A= <1>\\n\nremove.curves=\n" + string.Concat(lines), exact: true);
            AssertSame(script, asXml: true);
            AssertSame(AnonymizerScript.Parse(PublishedScript.AsProperties(script), exact: true), script);
            try
            {
                AssertSame(script, asXml: false);
                written++;
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.InvalidScript)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(7, 13));
        Assert.InRange(written, 20, 1000);
    }

    private static void AssertSame(AnonymizerScript script, bool asXml)
    {
        var text = asXml ? script.ToCtpXml() : script.ToPacsbinJson();
        var again = AnonymizerScript.Parse(text, exact: true);
        Assert.Equal(asXml ? ScriptFormat.CtpXml : ScriptFormat.PacsbinJson, again.Format);
        AssertSame(script, again);
    }

    private static void AssertSame(AnonymizerScript expected, AnonymizerScript actual)
    {
        Assert.Equal(expected.Rules.Select(r => (r.Key, r.Name, r.Text, r.IsEnabled)), actual.Rules.Select(r => (r.Key, r.Name, r.Text, r.IsEnabled)));
        Assert.Equal(expected.Parameters.Select(p => (p.Name, p.Value)), actual.Parameters.Select(p => (p.Name, p.Value)));
        Assert.Equal(expected.Options, actual.Options);
    }

    /// <summary>A script with one rule, whose operation is written as an array of name and parameters.</summary>
    private static string Json(string operation)
    {
        static string Long(System.Text.Json.JsonElement value) => value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetRawText()
            : $$"""{"operationName":{{value[0].GetRawText()}},"operationParameters":[{{string.Join(',', value[1].EnumerateArray().Select(Long))}}]}""";
        using var parsed = System.Text.Json.JsonDocument.Parse(operation);
        return $$"""{"variables":[{"name":"A","value":"1"}],"rules":[{"enabled":true,"tag":"00100010","name":"N","operation":{{Long(parsed.RootElement)}}}]}""";
    }
}
