using Pacsbin.Deidentification.Scripts;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("YES", "'YES'")]
    [InlineData(" YES ", "'YES'")]
    [InlineData("", "empty()")]
    [InlineData("  ", "empty()")]
    [InlineData("@keep()", "keep()")]
    [InlineData("@ keep ( )", "keep()")]
    [InlineData("@hash( this , 10 )", "hash(this|10)")]
    [InlineData("@param(@A)-@hashptid(@SITEID,this,10)", "param(@A) '-' hashptid(@SITEID|this|10)")]
    [InlineData("@param(A)-x", "'A-x'")]
    [InlineData(@"\@keep()x", "'@keep()x'")]
    [InlineData(@"a\\b\c", @"'a\bc'")]
    [InlineData("@foo(bar, \"a,b\",c)", "foo?(bar|\"a,b\"|c)")]
    [InlineData("@contents(this,\"(a),b\",\"\")", "contents(this|\"(a),b\"|\"\")")]
    [InlineData("@contents(this,a(b,c)d,e)", "contents(this|a(b,c)d|e)")]
    [InlineData("@contents(this,a\\,b,c)", "contents(this|a\\,b|c)")]
    [InlineData("@hash([0010,0020])", "hash([0010,0020])")]
    [InlineData("@value(0009[A,B]02,x)", "value(0009[A,B]02|x)")]
    [InlineData("@lookup(PatientID|AccessionNumber,type)", "lookup(PatientID|AccessionNumber|type)")]
    [InlineData("@if(this,isblank){@remove()}{Removed by CTP}", "if(this|isblank){remove()}{'Removed by CTP'}")]
    [InlineData("@if(this,isblank) {a} {}b", "if(this|isblank){'a'}{} 'b'")]
    [InlineData("@select(){@if(this,exists){a}{b}}{c}", "select(){if(this|exists){'a'}{'b'}}{'c'}")]
    [InlineData(@"@append(){a\}b""}""}", @"append(){'a}b""}""'}")]
    [InlineData("@append(){CTP: @param(@P): @date():@time()}", "append(){'CTP: ' param(@P) ': ' date() ':' time()}")]
    [InlineData("abc@hash(this,10", "'abc' broken[@hash(this,10]")]
    [InlineData("a@b", "'a' broken[@b]")]
    [InlineData("@hash(this,\"10)", "broken[@hash(this,\"10)]")]
    [InlineData("@hash([this)", "broken[@hash([this)]")]
    [InlineData("@if(this,isblank){a} tail", "if(this|isblank){'a'} broken[ tail]")]
    [InlineData("@append() tail", "append() broken[ tail]")]
    [InlineData("abc@remove()def", "'abc' remove() 'def'")]
    public void Text_is_read_as_ctp_reads_it(string text, string expected)
    {
        var expression = Parse(text);
        Assert.Equal(expected, Describe(expression.Nodes));
        Assert.Equal(expected, Describe(Parse(expression.ToString()).Nodes));
    }

    [Fact]
    public void Every_piece_knows_where_it_stands()
    {
        const string Text = " ab@if( this ,isblank){x@hash(this, 10)}{}";
        var nodes = Parse(Text).Nodes;
        var call = (CallNode)nodes[1];
        var inner = (CallNode)call.Clauses[0][1];
        Assert.Equal([1, 3, 8, 14, 23, 24, 30, 36], [nodes[0].At, call.At, call.Arguments[0].At, call.Arguments[1].At, call.Clauses[0][0].At, inner.At, inner.Arguments[0].At, inner.Arguments[1].At]);
    }

    [Fact]
    public void Clauses_without_end_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("@append(){", 10_000)) + new string('}', 10_000);
        Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => Parse(deep)).Error);
    }

    private static ScriptExpression Parse(string text) => new ExpressionParser(new ScriptText(text)).Parse(0, text.Length);

    private static string Describe(ScriptNode[] nodes) => string.Join(' ', nodes.Select(node => node switch
    {
        TextNode text => $"'{text.Text}'",
        BrokenNode broken => $"broken[{broken.Text}]",
        CallNode call => $"{call.Name}{(call.Function is null ? "?" : "")}({string.Join('|', call.Arguments.Select(a => a.Text))})"
            + string.Concat(call.Clauses.Select(c => $"{{{Describe(c)}}}")),
        _ => "",
    }));
}
