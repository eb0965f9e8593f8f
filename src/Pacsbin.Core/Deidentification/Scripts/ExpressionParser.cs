using System.Buffers;
using System.Text;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Reads expressions as CTP does: text, <c>@name(arguments)</c>, and the braces behind if, select and append.</summary>
internal sealed class ExpressionParser(ScriptText source)
{
    private const int MostDepth = 32;

    private static readonly SearchValues<char> Structural = SearchValues.Create(@",()[]""\");

    private readonly string text = source.Text;
    private readonly List<ScriptProblem> problems = [];

    /// <summary>What an enabled rule should be told of; positions are those of the source.</summary>
    internal IReadOnlyList<ScriptProblem> Problems => problems;

    /// <summary>Reads a part of the source. No text at all means what <c>@empty()</c> says.</summary>
    /// <exception cref="PacsbinException">InvalidScript for clauses inside clauses, 32 deep.</exception>
    internal ScriptExpression Parse(int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (start < end && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        var nodes = start < end ? ParseNodes(start, end, 0) : [];
        return new ScriptExpression(source, Finished(nodes, start));
    }

    /// <summary>An expression's pieces as they are evaluated: the result is trimmed, and an empty one empties the value.</summary>
    internal static ScriptNode[] Finished(ScriptNode[] nodes, int at)
    {
        nodes = Joined(nodes);
        if (nodes is [TextNode first, ..])
        {
            nodes[0] = first with { Text = first.Text.TrimStart() };
        }

        if (nodes is [.., TextNode last])
        {
            nodes[^1] = last with { Text = last.Text.TrimEnd() };
        }

        nodes = [.. nodes.Where(n => n is not TextNode { Text: "" })];
        return nodes.Length > 0 ? nodes : [new CallNode("empty", ScriptFunction.Empty, [], [], at)];
    }

    /// <summary>Makes neighbouring texts one.</summary>
    internal static ScriptNode[] Joined(IEnumerable<ScriptNode> nodes)
    {
        var joined = new List<ScriptNode>();
        foreach (var node in nodes)
        {
            if (node is TextNode next && joined is [.., TextNode last])
            {
                joined[^1] = last with { Text = last.Text + next.Text };
            }
            else if (node is not TextNode { Text: "" })
            {
                joined.Add(node);
            }
        }

        return [.. joined];
    }

    /// <summary>A call, or the text that it always gives.</summary>
    internal static ScriptNode Call(string name, ScriptArgument[] arguments, ScriptNode[][] clauses, int at) => (ScriptFunctions.Find(name), arguments) switch
    {
        (ScriptFunction.Param, [{ Parameter: null } argument]) => new TextNode(argument.Text, at),
        (var function, _) => new CallNode(name, function, arguments, clauses, at),
    };

    /// <summary>Whether text can be an argument as it stands: no comma in it is the end of it.</summary>
    internal static bool IsArgument(string text)
    {
        if (text.AsSpan().IndexOfAny(Structural) < 0)
        {
            return true;
        }

        var arguments = new List<ScriptArgument>();
        return new ExpressionParser(new ScriptText(text + ")")).ParseArguments(0, text.Length + 1, arguments) == text.Length
            && arguments is [var only] && only.Text == text;
    }

    private ScriptNode[] ParseNodes(int start, int end, int depth)
    {
        if (depth == MostDepth)
        {
            throw source.Error(start, $"Clauses stand inside one another, {MostDepth} deep.");
        }

        var nodes = new List<ScriptNode>();
        var literal = new StringBuilder();
        var literalAt = start;
        for (var i = start; i < end;)
        {
            if (text[i] == '@')
            {
                nodes.Add(new TextNode(literal.ToString(), literalAt));
                literal.Clear();
                i = ParseCall(i, end, depth, nodes);
                literalAt = i;
                continue;
            }

            if (text[i] == '\\' && ++i == end)
            {
                break;
            }

            literal.Append(text[i++]);
        }

        nodes.Add(new TextNode(literal.ToString(), literalAt));
        return Joined(nodes);
    }

    /// <summary>Reads a call and says where the text goes on.</summary>
    private int ParseCall(int at, int end, int depth, List<ScriptNode> nodes)
    {
        var open = text.AsSpan(at, end - at).IndexOf('(');
        var arguments = new List<ScriptArgument>();
        var close = open < 0 ? -1 : ParseArguments(at + open + 1, end, arguments);
        if (close < 0)
        {
            problems.Add(source.Problem(at, "The call has no end; the value ends before it."));
            nodes.Add(new BrokenNode(text[at..end], at));
            return end;
        }

        var name = string.Concat(text.AsSpan(at + 1, open - 1).ToString().Where(c => !char.IsWhiteSpace(c)));
        var function = ScriptFunctions.Find(name);
        var expected = function is { } known ? ScriptFunctions.ShapeOf(known).Clauses : 0;
        var clauses = new List<ScriptNode[]>();
        var position = close + 1;
        while (clauses.Count < expected && FindClause(position, end) is var (start, stop) && start >= 0)
        {
            clauses.Add(ParseNodes(start, stop, depth + 1));
            position = stop + 1;
        }

        nodes.Add(Call(name, [.. arguments], [.. clauses], at));
        if (clauses.Count < expected)
        {
            problems.Add(source.Problem(at, $"{name} lacks {(expected - clauses.Count == 1 ? "a clause" : "two clauses")} in braces; the value ends here."));
            nodes.Add(new BrokenNode(text[position..end], position));
            return end;
        }

        return position;
    }

    /// <summary>Reads what stands in parentheses and says where they end; -1 for nowhere.</summary>
    private int ParseArguments(int start, int end, List<ScriptArgument> arguments)
    {
        while (FindDelimiter(start, end, '(', ')', splits: true) is var stop and >= 0)
        {
            while (start < stop && char.IsWhiteSpace(text[start]))
            {
                start++;
            }

            arguments.Add(new ScriptArgument(text[start..stop].TrimEnd(), start));
            start = stop + 1;
            if (text[stop] == ')')
            {
                if (arguments is [{ Text: "" }])
                {
                    arguments.Clear();
                }

                return stop;
            }
        }

        return -1;
    }

    private (int Start, int Stop) FindClause(int start, int end)
    {
        var open = text.AsSpan(start, end - start).IndexOf('{');
        var stop = open < 0 ? -1 : FindDelimiter(start + open + 1, end, '{', '}', splits: false);
        return stop < 0 ? (-1, -1) : (start + open + 1, stop);
    }

    /// <summary>Looks for the end of what is open, or the next comma in it, outside quotes, brackets and what is opened inside.</summary>
    private int FindDelimiter(int start, int end, char open, char close, bool splits)
    {
        int depth = 0, brackets = 0;
        var isQuoted = false;
        for (var i = start; i < end; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case var _ when isQuoted:
                    break;
                case '[':
                    brackets++;
                    break;
                case ']':
                    brackets--;
                    break;
                case var _ when brackets != 0:
                    break;
                case var c when c == open:
                    depth++;
                    break;
                case ',' when splits && depth == 0:
                    return i;
                case var c when c == close && depth-- == 0:
                    return i;
            }
        }

        return -1;
    }
}
