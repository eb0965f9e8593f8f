using System.Text;
using System.Text.Json;

namespace Pacsbin.Redaction.Devices;

/// <summary>Reads the value of one member, at which the reader stands.</summary>
internal delegate void MemberReader(ref Utf8JsonReader reader, string name);

/// <summary>Reads JSON strictly, and knows the line and column of what it complains about.</summary>
internal sealed class JsonMembers(string json, int mostDepth = 8)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(json);
    private int knownByte;
    private int knownCharacter;

    internal ScriptText Source { get; } = new(json);

    /// <summary>Reads the whole text as one object.</summary>
    internal void ReadDocument(string[] required, MemberReader read)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = mostDepth });
        try
        {
            reader.Read();
            ReadObject(ref reader, required, read);
            reader.Read();
        }
        catch (JsonException e)
        {
            throw Source.Error(CharacterAt(ByteAt(e.LineNumber ?? 0, e.BytePositionInLine ?? 0)), "The JSON is not well-formed.");
        }
    }

    /// <summary>Reads an object: each member once, and all that are required.</summary>
    internal void ReadObject(ref Utf8JsonReader reader, string[] required, MemberReader read)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Error(reader, "Expected an object.");
        }

        var at = IndexOf(reader);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadString(reader, "A member");
            if (!seen.Add(name))
            {
                throw Error(reader, $"The member '{ScriptText.Printable(name)}' comes twice.");
            }

            reader.Read();
            read(ref reader, name);
        }

        foreach (var name in required)
        {
            if (!seen.Contains(name))
            {
                throw Source.Error(at, $"The object has no member '{name}'.");
            }
        }
    }

    internal void ReadArray(ref Utf8JsonReader reader, MemberReader readItem)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Error(reader, "Expected an array.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            readItem(ref reader, "");
        }
    }

    internal string ReadString(in Utf8JsonReader reader, string what)
    {
        try
        {
            return reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString()! : throw Error(reader, $"{what} is text.");
        }
        catch (InvalidOperationException)
        {
            throw Error(reader, $"{what} has half a surrogate pair.");
        }
    }

    internal int ReadInteger(in Utf8JsonReader reader, string what, int least) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= least ? number
            : throw Error(reader, least == int.MinValue ? $"{what} is an integer." : $"{what} is an integer, at least {least}.");

    internal bool ReadBoolean(in Utf8JsonReader reader, string what) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw Error(reader, $"{what} is true or false.");

    /// <summary>A text member as a script of its own, whose positions are those of this JSON.</summary>
    internal ScriptText ReadScript(in Utf8JsonReader reader, string what)
    {
        var text = ReadString(reader, what);
        var at = IndexOf(reader) + 1;
        var indices = new int[text.Length + 1];
        for (int i = 0, index = at; i <= text.Length; i++)
        {
            indices[i] = index;
            index += json[index] != '\\' ? 1 : json[index + 1] == 'u' ? 6 : 2;
        }

        return new ScriptText(text, Source, indices);
    }

    /// <summary>The character of the JSON at which the reader stands.</summary>
    internal int IndexOf(in Utf8JsonReader reader) => CharacterAt((int)reader.TokenStartIndex);

    internal PacsbinException Error(in Utf8JsonReader reader, string why) => Source.Error(IndexOf(reader), why);

    // Positions are mostly asked for in ascending order, so only what is between two of them is counted.
    private int CharacterAt(int offset)
    {
        if (offset < knownByte)
        {
            (knownByte, knownCharacter) = (0, 0);
        }

        knownCharacter += Encoding.UTF8.GetCharCount(bytes, knownByte, offset - knownByte);
        knownByte = offset;
        return knownCharacter;
    }

    private int ByteAt(long line, long position)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            start += bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(start + position, bytes.Length);
    }
}
