using System.Text.RegularExpressions;

namespace Pacsbin.Redaction.Devices;

/// <summary>Whether a file is meant, told by the values of its attributes.</summary>
internal delegate bool FilterTerm(AttributeValues values);

/// <summary>Reads <c>el.method("v")</c>, <c>true.</c> and <c>false.</c> with <c>!</c> before <c>*</c> before <c>+</c>, parentheses and <c>//</c> comments.</summary>
/// <remarks>A string ends at the next quote, on the same line, and knows no escapes.</remarks>
/// <param name="source">The script that holds the filter.</param>
/// <param name="start">The filter's first character.</param>
/// <param name="end">The character behind its last.</param>
/// <param name="attributes">Receives the attributes that the filter asks for.</param>
/// <param name="problems">Receives what looks wrong.</param>
/// <param name="exact">Whether an unknown keyword is empty and an unknown method false, as in CTP, instead of being errors.</param>
internal sealed class FilterParser(ScriptText source, int start, int end, AttributeTable attributes, List<ScriptProblem> problems, bool exact)
{
    private const int MostNesting = 64;

    private readonly string text = source.Text;
    private int position;
    private int nesting;

    /// <summary>Reads the whole filter.</summary>
    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal FilterTerm Parse()
    {
        position = start;
        SkipBlanks();
        if (position == end)
        {
            throw source.Error(start, "The filter is empty.");
        }

        var term = ParseAny();
        return position == end ? term
            : throw source.Error(position, text[position] == ')' ? "No parenthesis is open here." : "Expected '*', '+' or the end of the filter.");
    }

    private FilterTerm ParseAny() => ParseList('+', ParseAll, static terms => values => HasTerm(terms, values, true));

    private FilterTerm ParseAll() => ParseList('*', ParseNot, static terms => values => !HasTerm(terms, values, false));

    // A loop allocates nothing, and a library's terms are asked for every file.
    private static bool HasTerm(FilterTerm[] terms, AttributeValues values, bool result)
    {
        foreach (var term in terms)
        {
            if (term(values) == result)
            {
                return true;
            }
        }

        return false;
    }

    private FilterTerm ParseList(char separator, Func<FilterTerm> parse, Func<FilterTerm[], FilterTerm> combine)
    {
        var first = parse();
        if (!TryTake(separator))
        {
            return first;
        }

        List<FilterTerm> terms = [first];
        do
        {
            terms.Add(parse());
        }
        while (TryTake(separator));
        return combine([.. terms]);
    }

    private FilterTerm ParseNot()
    {
        var isNegated = false;
        while (TryTake('!'))
        {
            isNegated = !isNegated;
        }

        var term = ParsePrimary();
        return isNegated ? values => !term(values) : term;
    }

    private FilterTerm ParsePrimary()
    {
        SkipBlanks();
        var opened = position;
        if (!TryTake('('))
        {
            return ParseTerm();
        }

        if (++nesting > MostNesting)
        {
            throw source.Error(opened, $"Parentheses are nested deeper than {MostNesting}.");
        }

        var term = ParseAny();
        if (!TryTake(')'))
        {
            throw position == end ? source.Error(opened, "The parenthesis is not closed.") : source.Error(position, "Expected '*', '+' or ')'.");
        }

        nesting--;
        return term;
    }

    private FilterTerm ParseTerm()
    {
        var at = position;
        var identifier = TakeIdentifier();
        Take('.', "a period and a method");
        SkipBlanks();
        if (identifier is "true" or "false")
        {
            var value = identifier == "true";
            return _ => value;
        }

        var attribute = ParseAttribute(identifier, at);
        var methodAt = position;
        var method = TakeWhile(char.IsAsciiLetter);
        Take('(', "a method and '('");
        SkipBlanks();
        var argumentAt = position;
        var argument = TakeString();
        Take(')', "')'");
        SkipBlanks();
        return Bind(attribute, method, methodAt, argument, argumentAt);
    }

    private int ParseAttribute(string identifier, int at)
    {
        if (AttributePath.Parse(identifier, out var error) is { } path)
        {
            if (path.Objection is { } objection)
            {
                problems.Add(source.Problem(at, objection));
            }

            return attributes.Add(path);
        }

        if (!exact)
        {
            throw source.Error(at, error!);
        }

        problems.Add(source.Problem(at, error! + " It is read as empty."));
        return AttributeTable.Missing;
    }

    private FilterTerm Bind(int attribute, string method, int methodAt, string argument, int argumentAt)
    {
        Func<string, bool>? test;
        try
        {
            test = FilterMethods.Bind(method, argument);
        }
        catch (ArgumentException)
        {
            throw source.Error(argumentAt, "This is not a regular expression that can be used.");
        }

        if (test is null)
        {
            var why = $"There is no method '{ScriptText.Printable(method)}'.";
            if (!exact)
            {
                throw source.Error(methodAt, why);
            }

            problems.Add(source.Problem(methodAt, why + " The term is false."));
            return static _ => false;
        }

        if (method is "isLessThan" or "isGreaterThan" && FilterMethods.Number(argument) is null)
        {
            problems.Add(source.Problem(argumentAt, "This is not a number; the term is false."));
        }

        return method == "matches" ? values => IsMatch(test, values[attribute], argumentAt) : values => test(values[attribute]);
    }

    private bool IsMatch(Func<string, bool> test, string value, int argumentAt)
    {
        try
        {
            return test(value);
        }
        catch (RegexMatchTimeoutException)
        {
            throw source.Error(argumentAt, "The regular expression takes too long on a value of this file.");
        }
    }

    private string TakeIdentifier()
    {
        var from = position;
        var depth = 0;
        for (; position < end; position++)
        {
            var c = text[position];
            if (c is '[' or ']')
            {
                depth += c == '[' ? 1 : -1;
            }
            else if (depth <= 0 ? !(char.IsAsciiLetterOrDigit(c) || c is ',' or ':') : c is '\r' or '\n' or '"')
            {
                break;
            }
        }

        if (depth != 0)
        {
            throw source.Error(from, "The square brackets are not balanced.");
        }

        return position > from ? text[from..position]
            : throw source.Error(position, position == end ? "The filter ends where a term is expected." : "Expected a term: attribute.method(\"value\").");
    }

    private string TakeString()
    {
        if (position == end || text[position] != '"')
        {
            throw source.Error(position, "Expected a value in quotes.");
        }

        var from = position + 1;
        var length = text.AsSpan(from, end - from).IndexOfAny("\"\r\n");
        if (length < 0 || text[from + length] != '"')
        {
            throw source.Error(position, "The quote is not closed on its line.");
        }

        position = from + length + 1;
        return text.Substring(from, length);
    }

    private string TakeWhile(Func<char, bool> isPart)
    {
        var from = position;
        while (position < end && isPart(text[position]))
        {
            position++;
        }

        return text[from..position];
    }

    private void Take(char c, string expected)
    {
        if (!TryTake(c))
        {
            throw source.Error(position, $"Expected {expected}.");
        }
    }

    private bool TryTake(char c)
    {
        SkipBlanks();
        if (position == end || text[position] != c)
        {
            return false;
        }

        position++;
        return true;
    }

    private void SkipBlanks()
    {
        while (position < end)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
            }
            else if (text[position] == '/' && position + 1 < end && text[position + 1] == '/')
            {
                var length = text.AsSpan(position, end - position).IndexOfAny('\r', '\n');
                position = length < 0 ? end : position + length;
            }
            else
            {
                return;
            }
        }
    }
}
