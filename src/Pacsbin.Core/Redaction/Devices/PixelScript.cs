using System.Globalization;

namespace Pacsbin.Redaction.Devices;

/// <summary>Reads a pixel script of CTP: free text, <c>{ filter }</c>, then <c>(x,y,w,h)</c> regions up to the next brace.</summary>
/// <remarks>
/// What stands in parentheses directly behind a filter or a region (blanks, commas and semicolons do not count) is meant as a region and must be
/// four integers. Behind free text it is a region if it is four integers, an error if it starts with a digit or a sign and has two commas or more,
/// and free text otherwise. Three numbers with commas outside parentheses are an error, or exactly as CTP reads them a problem, behind a filter or region on
/// the same line, and on a line without words. Behind the first filter parentheses are balanced; CTP's documentation wants none at all in free text.
/// </remarks>
internal sealed class PixelScript(string script, bool exact)
{
    /// <summary>What a signature is called that no text stands before.</summary>
    private const string Unnamed = "unnamed";

    private readonly ScriptText source = new(script);
    private readonly string text = script;
    private readonly DeviceLibraryContent content = new();
    private readonly List<RedactionRegion> regions = [];
    private DatasetFilter? filter;
    private int filterAt;
    private string filterName = "";
    private string lastName = "";
    private int freeTextStart;

    // Whether nothing but separators came since the last filter or region.
    private bool expectsRegion;

    // Where the text starts that no region, filter or parenthesis has interrupted; and whether one of them ends on the line that it starts on.
    private int plainStart;
    private bool isBehind;
    private int position;

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal DeviceLibraryContent Read()
    {
        while (position < text.Length)
        {
            switch (text[position])
            {
                case '{':
                    ReadPlainText();
                    ReadFilter();
                    (plainStart, isBehind) = (position, true);
                    break;
                case '}':
                    throw source.Error(position, "No brace is open here.");
                case '(':
                    ReadPlainText();
                    ReadParentheses();
                    (plainStart, isBehind) = (position, isBehind || expectsRegion);
                    break;
                case ')' when filter is not null:
                    throw source.Error(position, "No parenthesis is open here.");
                case var c:
                    expectsRegion &= char.IsWhiteSpace(c) || c is ',' or ';';
                    position++;
                    break;
            }
        }

        ReadPlainText();
        EndSignature();
        return content.Signatures.Count > 0 ? content
            : throw source.Error(text.Length, "The script has no signature: no filter in braces was found.");
    }

    /// <summary>Looks for regions that are written otherwise than in parentheses, which would be passed over as free text.</summary>
    private void ReadPlainText()
    {
        for (var start = plainStart; filter is not null && start < position; isBehind = false)
        {
            var length = text.AsSpan(start, position - start).IndexOfAny('\r', '\n');
            var end = length < 0 ? position : start + length;
            ReadPlainLine(start, text.AsSpan(start, end - start));
            start = end + 1;
        }
    }

    private void ReadPlainLine(int start, ReadOnlySpan<char> line)
    {
        var (numbers, commas, letters) = (0, 0, 0);
        for (var i = 0; i < line.Length; i++)
        {
            numbers += char.IsDigit(line[i]) && (i == 0 || !char.IsDigit(line[i - 1])) ? 1 : 0;
            commas += line[i] is ',' or ';' or '\uFF0C' or '\uFF1B' or '\u3001' ? 1 : 0; // full-width ones and the ideographic one too
            letters += char.IsLetter(line[i]) ? 1 : 0;
        }

        // On a line of its own it can be the heading of the next signature, which has words.
        if (numbers == 0 || (!isBehind && letters > 0))
        {
            return;
        }

        var at = start + line.Length - line.TrimStart().Length;
        if (numbers + commas >= 5 && commas >= 2 && !exact)
        {
            throw source.Error(at, "These numbers are no region: a region is four integers in parentheses, (x,y,width,height).");
        }

        if (commas > 0 || numbers > 2)
        {
            content.Problems.Add(source.Problem(at, "These numbers are not read as a region."));
        }
    }

    private void ReadFilter()
    {
        EndSignature();
        lastName = NameIn(text.AsSpan(freeTextStart, position - freeTextStart)) ?? lastName;
        (filterName, filterAt) = (lastName, position);
        var end = EndOfFilter(position + 1);
        filter = DatasetFilter.Parse(source, position + 1, end, content.Attributes, exact);
        content.Problems.AddRange(filter.Problems);
        position = end + 1;
        freeTextStart = position;
        expectsRegion = true;
    }

    private int EndOfFilter(int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '}':
                    return i;
                case '{':
                    throw source.Error(i, "A brace stands inside a filter.");
                case '"':
                    // A quote that its line does not close is left for the filter's reader to complain of.
                    var length = text.AsSpan(i + 1).IndexOfAny("\"\r\n");
                    i = length >= 0 && text[i + 1 + length] == '"' ? i + 1 + length : i;
                    break;
                default:
                    break;
            }
        }

        throw source.Error(from - 1, "The brace is not closed.");
    }

    private void ReadParentheses()
    {
        var length = text.AsSpan(position + 1).IndexOfAny("(){}");
        var isClosed = length >= 0 && text[position + 1 + length] == ')';
        var inside = text.AsSpan(position + 1, Math.Max(length, 0));
        if (!isClosed)
        {
            position += filter is null ? 1 : throw source.Error(position, "The parenthesis is not closed.");
            return;
        }

        var isMeant = expectsRegion || (inside.TrimStart() is [>= '0' and <= '9' or '-' or '+', ..] && inside.Count(',') >= 2);
        if (isMeant)
        {
            AddRegion(inside);
            freeTextStart = position + length + 2;
        }
        else if (inside.ContainsAnyInRange('0', '9') && filter is not null)
        {
            content.Problems.Add(source.Problem(position, "This text in parentheses is not read as a region."));
        }

        expectsRegion = isMeant;
        position += length + 2;
    }

    private void AddRegion(ReadOnlySpan<char> inside)
    {
        if (filter is null)
        {
            throw source.Error(position, "A region stands before the first filter.");
        }

        Span<int> numbers = stackalloc int[4];
        var count = 0;
        foreach (var range in inside.Split(','))
        {
            var isNumber = int.TryParse(inside[range].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || count == 4)
            {
                throw source.Error(position, "A region is four integers: (x,y,width,height).");
            }

            numbers[count++] = number;
        }

        // CTP's last column and row are x + w and y + h.
        var more = exact ? 1 : 0;
        if (count != 4 || numbers[2] < 1 - more || numbers[3] < 1 - more)
        {
            throw source.Error(position, count != 4 ? "A region is four integers: (x,y,width,height)." : "A region's width and height are at least 1.");
        }

        regions.Add(new RedactionRegion(numbers[0], numbers[1], (int)Math.Min((long)numbers[2] + more, int.MaxValue), (int)Math.Min((long)numbers[3] + more, int.MaxValue))
        {
            Clip = true,
        });
    }

    private void EndSignature()
    {
        if (filter is not null)
        {
            var line = source.PositionOf(filterAt).Line;
            content.Add(new DeviceSignature(filterName.Length > 0 ? filterName : Unnamed, line, filter, [.. regions]), source, filterAt);
        }

        regions.Clear();
    }

    /// <summary>The last line that has a letter or a digit; null if none has.</summary>
    private static string? NameIn(ReadOnlySpan<char> freeText)
    {
        string? name = null;
        foreach (var line in freeText.EnumerateLines())
        {
            var printable = ScriptText.Printable(line);
            name = printable.Any(char.IsLetterOrDigit) ? printable : name;
        }

        return name;
    }
}
