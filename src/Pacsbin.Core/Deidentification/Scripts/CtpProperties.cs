using System.Globalization;
using System.Text;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Reads CTP's lines of keys and values, which follow the rules of Java's properties.</summary>
/// <remarks>
/// A backslash escapes a character or, at the end of a line, the end. A key ends at an equals sign, a colon or white space, but not inside its brackets.
/// A number sign disables a line of set, keep and remove; behind it anything else is a comment.
/// </remarks>
internal sealed class CtpProperties(string text)
{
    private readonly ScriptContent content = new(new ScriptText(text));
    private readonly StringBuilder characters = new();
    private readonly List<int> indices = [];
    private int position;

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal ScriptContent Read()
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }

            var at = position;
            if (text[position] is '#' or '!')
            {
                ReadComment(at);
                continue;
            }

            ReadLine(at, isEnabled: true);
        }

        return content;
    }

    private void ReadComment(int at)
    {
        position++;
        if (text[at] == '#' && text.AsSpan(position).StartsWith("set.["))
        {
            ReadLine(position, isEnabled: false);
            return;
        }

        while (position < text.Length && text[position] is not ('\n' or '\r'))
        {
            position++;
        }
    }

    private void ReadLine(int at, bool isEnabled)
    {
        var key = ReadPart(isKey: true).Text.Trim();
        while (position < text.Length && text[position] is ' ' or '\t' or '\f')
        {
            position++;
        }

        if (position < text.Length && text[position] is '=' or ':')
        {
            position++;
        }

        while (position < text.Length && text[position] is ' ' or '\t' or '\f')
        {
            position++;
        }

        var value = ReadPart(isKey: false);
        switch (key)
        {
            case ['p', 'a', 'r', 'a', 'm', '.', .. var name]:
                content.AddParameter(name.Trim(), value.Text, at);
                break;
            case ['s', 'e', 't', '.', '[', ..] when key.LastIndexOf(']') is var close and > 0:
                content.AddRule(key[4..(close + 1)], key[(close + 1)..], value, isEnabled, at);
                break;
            default:
                content.AddOption(key, at);
                break;
        }
    }

    /// <summary>Reads a key, or a value to the end of its line, without the escapes.</summary>
    private ScriptText ReadPart(bool isKey)
    {
        characters.Clear();
        indices.Clear();
        var brackets = 0;
        for (; position < text.Length && text[position] is not ('\n' or '\r'); position++)
        {
            var c = text[position];
            brackets += c switch { '[' => 1, ']' => -1, _ => 0 };
            if (isKey && brackets <= 0 && c is '=' or ':' or ' ' or '\t' or '\f')
            {
                break;
            }

            if (c == '\\')
            {
                ReadEscape();
                continue;
            }

            characters.Append(c);
            indices.Add(position);
        }

        return new ScriptText(characters.ToString(), content.Source, [.. indices, position]);
    }

    private void ReadEscape()
    {
        var at = position++;
        if (position >= text.Length)
        {
            return;
        }

        if (text[position] is '\n' or '\r')
        {
            position += text.AsSpan(position).StartsWith("\r\n") ? 2 : 1;
            while (position < text.Length && text[position] is ' ' or '\t' or '\f')
            {
                position++;
            }

            position--;
            return;
        }

        var c = text[position] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other };
        if (c == 'u')
        {
            if (position + 4 >= text.Length
                || !ushort.TryParse(text.AsSpan(position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                throw content.Source.Error(at, "An escape has four hexadecimal digits.");
            }

            c = (char)code;
            position += 4;
        }

        characters.Append(c);
        indices.Add(at);
    }
}
