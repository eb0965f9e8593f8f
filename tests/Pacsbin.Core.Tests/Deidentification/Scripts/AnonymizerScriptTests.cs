using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class AnonymizerScriptTests(ITestOutputHelper output)
{
    private const string Minimal = "set.[0010,0010]PatientName=@hash(this,10)\n";

    [Fact]
    public void Script_of_pacsbin_is_read_whole()
    {
        var script = AnonymizerScript.Load(PublishedScript.PacsbinPath);
        Assert.Equal(ScriptFormat.PacsbinJson, script.Format);
        Assert.Equal(1030, script.Rules.Count);
        Assert.Equal(["DATEINC", "PROFILENAME", "PROJECTNAME", "SHORTNAME", "UIDROOT"], script.Parameters.Select(p => p.Name));
        Assert.Equal("-137", script.Parameters[0].Value);
        Assert.Equal(new ScriptOptions
        {
            KeepGroups = [0x18, 0x20, 0x28],
            RemovePrivateGroups = true,
            RemoveOverlays = true,
            RemoveCurves = true,
            SequenceAction = ScriptSequenceAction.Remove,
        }, script.Options);
        Assert.Equal("@hashuid(@UIDROOT,this)", RuleFor(script, 0x00080018).Text);
        Assert.Equal("@append(){Pacsbin: @param(@PROFILENAME): @date():@time()}", RuleFor(script, 0x00120063).Text);
        Assert.Equal("@always()YES", RuleFor(script, 0x00120062).Text);
        Assert.False(RuleFor(script, 0x00080008).IsEnabled);
        Assert.Equal((25, 3), (script.Rules[0].Line, script.Rules[0].Column));
    }

    [Fact]
    public void Script_of_ctp_is_read_whole()
    {
        var script = AnonymizerScript.Load(PublishedScript.CtpPath);
        Assert.Equal(ScriptFormat.CtpXml, script.Format);
        Assert.Equal(File.ReadLines(PublishedScript.CtpPath).Count(l => l.StartsWith(" <e ", StringComparison.Ordinal)), script.Rules.Count);
        Assert.Equal(8, script.Parameters.Count);
        Assert.Equal(new ScriptOptions { KeepGroups = [0x18, 0x20, 0x28], RemovePrivateGroups = true, RemoveOverlays = true, RemoveCurves = true }, script.Options);
        Assert.Equal("@if(this,isblank){@remove()}{Removed by CTP}", RuleFor(script, 0x0040A075).Text);
        Assert.Equal("YES", RuleFor(script, 0x00120062).Text);
        Assert.Equal("@empty()", RuleFor(script, 0x00080008).Text);
        Assert.Equal((10, 2), (script.Rules[0].Line, script.Rules[0].Column));
    }

    [Fact]
    public void Properties_xml_and_json_are_told_apart_by_content()
    {
        Assert.Equal(ScriptFormat.CtpProperties, AnonymizerScript.Parse(Minimal).Format);
        Assert.Equal(ScriptFormat.CtpXml, AnonymizerScript.Parse("\n <script><e en=\"T\" t=\"00100010\">X</e></script>").Format);
        Assert.Equal(ScriptFormat.PacsbinJson, AnonymizerScript.Parse(
            """ { "rules": [ { "enabled": true, "tag": "00100010", "operation": { "operationName": "empty" } } ] } """).Format);
    }

    [Fact]
    public void Lines_of_properties_are_read_as_java_reads_them()
    {
        var script = AnonymizerScript.Parse(
            "! no rule\n# nor this\n  param.A = 1 2 \n#set.[0008,0008]ImageType=@keep()\nset.[0008,1030]X=\\\\@keep()x\nset.[0008,0050] : a\\u0042\\\n    c\n"
            + "#remove.curves=\nremove.overlays\nkeep.group18=\nset.[0009[GEMS_X 01]02]Secret=@remove()\r\n");
        Assert.Equal(("A", "1 2 "), (script.Parameters[0].Name, script.Parameters[0].Value));
        Assert.Equal("aBc", RuleFor(script, 0x00080050).Text);
        Assert.Equal(@"\@keep()x", RuleFor(script, 0x00081030).Text);
        Assert.False(RuleFor(script, 0x00080008).IsEnabled);
        Assert.Equal(new ScriptOptions { RemoveOverlays = true, KeepGroups = [0x18] }, script.Options);
        Assert.Equal(new ScriptKey(new Tag(0x0009, 0x0002), "gems_x 01"), script.Rules[^1].Key);
        Assert.Equal("Secret", script.Rules[^1].Name);
    }

    [Fact]
    public void Body_of_a_rule_is_trimmed_and_a_parameter_is_not()
    {
        var script = AnonymizerScript.Parse(
            "<script>\n<p t=\"A\"> a&amp;b\r\n</p><e en=\"T\" t=\"00100010\" n=\"N\">\n <![CDATA[<x>]]>&#x41; </e><e t=\"0009[ACME]02\">@keep()</e></script>");
        Assert.Equal(" a&b\n", script.Parameters[0].Value);
        Assert.Equal("<x>A", script.Rules[0].Text);
        Assert.False(script.Rules[1].IsEnabled);
        Assert.Equal("ACME", script.Rules[1].Key.Creator);
    }

    [Theory]
    [InlineData("00100010", "00100010")]
    [InlineData("[0010,0010]", "00100010")]
    [InlineData("10,10", "00100010")]
    [InlineData("[0009[ACME X]02]", "0009[ACME X]02")]
    [InlineData("9,[ACME]0A", "0009[ACME]0a")]
    [InlineData("0009,00[ACME]", "0009,00[ACME]")]
    public void Keys_are_read_in_all_their_forms(string text, string expected)
    {
        Assert.True(ScriptKey.TryParse(text, out var key));
        Assert.Equal(expected, key.ToString());
        Assert.True(ScriptKey.TryParse(key.ToString(), out var again));
        Assert.Equal(key, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0010001")]
    [InlineData("001000100")]
    [InlineData("60xx3000")]
    [InlineData("0010,00100")]
    [InlineData("PatientName")]
    [InlineData("0008[ACME]02")]
    [InlineData("0009[]02")]
    [InlineData("0009[ACME]2")]
    [InlineData("0009]ACME[02")]
    public void What_is_no_tag_is_no_key(string text) => Assert.False(ScriptKey.TryParse(text, out _));

    [Fact]
    public void Utf8_utf16_and_latin1_files_are_read()
    {
        var text = $"param.NAME=Zürich\n{Minimal}";
        foreach (var bytes in new[]
        {
            Encoding.UTF8.GetBytes(text),
            [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
            [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
            [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)],
            Encoding.Latin1.GetBytes(text),
        })
        {
            var path = Path.Join(Path.GetTempPath(), $"{Guid.NewGuid():N}.script");
            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.Equal("Zürich", AnonymizerScript.Load(path).Parameters[0].Value);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void Missing_file_is_said_to_be_missing() => Assert.Equal(
        PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => AnonymizerScript.Load(Path.Join(Path.GetTempPath(), Guid.NewGuid().ToString("N")))).Error);

    [Fact]
    public void Given_parameters_take_the_place_of_the_scripts()
    {
        var script = AnonymizerScript.Parse($"param.A=1\nset.[0010,0020]X=@param(@A)@param(@SITEID)\n", parameters: new Dictionary<string, string> { ["SITEID"] = "12", ["A"] = "2" });
        Assert.Equal([("A", "2", 1), ("SITEID", "12", 0)], script.Parameters.Select(p => (p.Name, p.Value, p.Line)));
    }

    [Fact]
    public void Fingerprint_changes_with_text_mode_and_parameters()
    {
        string[] prints =
        [
            AnonymizerScript.Parse(Minimal).Fingerprint,
            AnonymizerScript.Parse(Minimal + "\n").Fingerprint,
            AnonymizerScript.Parse(Minimal, exact: true).Fingerprint,
            AnonymizerScript.Parse(Minimal, parameters: new Dictionary<string, string> { ["A"] = "1" }).Fingerprint,
        ];
        Assert.Equal(4, prints.Distinct().Count());
        Assert.Equal(prints[0], AnonymizerScript.Parse(Minimal).Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", prints[0]);
    }

    [Fact]
    public void Loading_the_script_of_pacsbin_takes_this_long()
    {
        var path = PublishedScript.PacsbinPath;
        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Assert.Equal(1030, AnonymizerScript.Load(path).Rules.Count);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1,030 rules: first {times[0]:F1} ms, then at best {times.Min():F1} ms, median {times.Skip(1).Order().ElementAt(9):F1} ms"));
    }

    private static ScriptRule RuleFor(AnonymizerScript script, uint tag) => script.Rules.Single(r => r.Key.Tag.Value == tag);
}
