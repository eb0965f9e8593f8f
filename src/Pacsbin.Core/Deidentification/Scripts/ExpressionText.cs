using System.Text;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Writes expressions as CTP reads them.</summary>
internal static class ExpressionText
{
    internal static string Of(ScriptNode[] nodes)
    {
        var text = new StringBuilder();
        Write(nodes, isClause: false, text);
        return text.ToString();
    }

    /// <summary>A call without its clauses, which is also the value of a call that no function answers.</summary>
    internal static string Of(string name, ScriptArgument[] arguments) => $"@{name}({string.Join(',', arguments.Select(a => a.Text))})";

    private static void Write(ScriptNode[] nodes, bool isClause, StringBuilder to)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text:
                    WriteText(text.Text, isClause, to);
                    break;
                case CallNode call:
                    to.Append(Of(call.Name, call.Arguments));
                    foreach (var clause in call.Clauses)
                    {
                        to.Append('{');
                        Write(clause, isClause: true, to);
                        to.Append('}');
                    }

                    break;
                case BrokenNode broken:
                    to.Append(broken.Text);
                    break;
            }
        }
    }

    // The end of a clause is looked for with an eye on quotes, brackets and braces, outside clauses these are like any other character.
    private static void WriteText(string text, bool isClause, StringBuilder to)
    {
        foreach (var c in text)
        {
            if (c is '\\' or '@' || (isClause && c is '{' or '}' or '"' or '[' or ']'))
            {
                to.Append('\\');
            }

            to.Append(c);
        }
    }
}
