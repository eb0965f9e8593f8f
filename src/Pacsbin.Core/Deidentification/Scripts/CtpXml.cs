using System.Xml;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Reads CTP's XML: a script of p (parameter), e (rule), k (keep) and r (remove), the last three enabled by <c>en="T"</c>.</summary>
/// <remarks>
/// Pacsbin's options, for which CTP has no word, are a processing instruction <c>&lt;?pacsbin sequenceAction="remove"?&gt;</c>, which CTP passes over.
/// </remarks>
internal sealed class CtpXml
{
    /// <summary>The target of the processing instruction.</summary>
    internal const string Instruction = "pacsbin";

    private readonly string text;
    private readonly ScriptContent content;
    private readonly int[] lineStarts;

    internal CtpXml(string text)
    {
        this.text = text;
        content = new ScriptContent(new ScriptText(text));

        // The reader's lines end at carriage returns too.
        List<int> starts = [0];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        lineStarts = [.. starts];
    }

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal ScriptContent Read()
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        try
        {
            while (reader.Read())
            {
                ReadNode(reader);
            }
        }
        catch (XmlException e)
        {
            throw content.Source.Error(IndexOf(e.LineNumber, e.LinePosition), "The XML is not well-formed.");
        }

        return content;
    }

    private void ReadNode(XmlReader reader)
    {
        var at = IndexOf(reader);
        switch (reader.NodeType)
        {
            case XmlNodeType.Element when reader.Depth == 0:
                if (reader.LocalName != "script" || reader.Prefix.Length > 0)
                {
                    throw content.Source.Error(at, "The XML's root is not 'script'.");
                }

                break;
            case XmlNodeType.Element:
                ReadElement(reader, at);
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA:
                throw content.Source.Error(at, "Text stands between the elements of the script.");
            case XmlNodeType.ProcessingInstruction when reader.Name == Instruction:
                ReadInstruction(reader.Value, at);
                break;
        }
    }

    private void ReadElement(XmlReader reader, int at)
    {
        var name = reader.Name;
        var isEnabled = reader.GetAttribute("en") == "T";
        var key = reader.GetAttribute("t")?.Trim() ?? throw content.Source.Error(at, "The element has no attribute t.");
        var label = reader.GetAttribute("n") ?? "";
        var body = ReadBody(reader);
        switch (name)
        {
            case "p":
                content.AddParameter(key, body.Text, at);
                break;
            case "e":
                content.AddRule(key, label, body, isEnabled, at);
                break;
            case "k" when isEnabled:
                content.AddOption(key.StartsWith("safe", StringComparison.Ordinal) ? "keep.safeprivateelements" : $"keep.group{key}", at);
                break;
            case "r" when isEnabled:
                content.AddOption($"remove.{key}", at);
                break;
            case "k" or "r":
                break;
            default:
                throw content.Source.Error(at, $"'{ScriptText.Printable(name)}' is not known; a script has p, e, k and r.");
        }
    }

    /// <summary>Reads an element's text and leaves the reader at the element's end.</summary>
    private ScriptText ReadBody(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            return new ScriptText("", content.Source, [IndexOf(reader)]);
        }

        var joined = "";
        var indices = new List<int>();
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.CDATA:
                    var value = reader.Value;
                    joined += value;
                    AddIndices(value, IndexOf(reader), hasEntities: reader.NodeType != XmlNodeType.CDATA, indices);
                    break;
                case XmlNodeType.ProcessingInstruction:
                    break;
                default:
                    throw content.Source.Error(IndexOf(reader), "An element stands inside another.");
            }
        }

        indices.Add(IndexOf(reader));
        return new ScriptText(joined, content.Source, [.. indices]);
    }

    /// <summary>Finds where each character of a text stands, in spite of entities and line ends that the reader replaces.</summary>
    private void AddIndices(string value, int at, bool hasEntities, List<int> indices)
    {
        for (var i = 0; i < value.Length; i++)
        {
            at = Math.Min(at, text.Length - 1);
            indices.Add(at);
            if (hasEntities && text[at] == '&')
            {
                at = text.IndexOf(';', at) is var semicolon and >= 0 ? semicolon + 1 : text.Length;
                if (char.IsHighSurrogate(value[i]) && ++i < value.Length)
                {
                    indices.Add(indices[^1]);
                }
            }
            else
            {
                at += value[i] == '\n' && text.AsSpan(at).StartsWith("\r\n") ? 2 : 1;
            }
        }
    }

    private void ReadInstruction(string attributes, int at)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader($"<o {attributes}/>"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            reader.Read();
            while (reader.MoveToNextAttribute())
            {
                var flag = reader.Value switch { "true" => true, "false" => false, _ => (bool?)null };
                content.Options = (reader.Name, flag) switch
                {
                    ("sequenceAction", _) when PacsbinJson.SequenceActions.TryGetValue(reader.Value, out var action) => content.Options with { SequenceAction = action },
                    ("removeDisabled", { } value) => content.Options with { RemoveDisabled = value },
                    ("strict", { } value) => content.Options with { Strict = value },
                    _ => throw content.Source.Error(at, "The instruction has options that are not known."),
                };
            }

            reader.MoveToElement();
            if (reader.Read())
            {
                throw content.Source.Error(at, "The instruction is more than options.");
            }
        }
        catch (XmlException)
        {
            throw content.Source.Error(at, "The instruction is not a list of options.");
        }
    }

    // The reader points behind the markup that starts a node.
    private int IndexOf(XmlReader reader)
    {
        var position = (IXmlLineInfo)reader;
        var index = IndexOf(position.LineNumber, position.LinePosition);
        return reader.NodeType switch
        {
            XmlNodeType.Element => Math.Max(0, index - 1),
            XmlNodeType.EndElement or XmlNodeType.ProcessingInstruction => Math.Max(0, index - 2),
            _ => index,
        };
    }

    private int IndexOf(int line, int column) =>
        Math.Clamp(line < 1 || line > lineStarts.Length ? 0 : lineStarts[line - 1] + Math.Max(column - 1, 0), 0, text.Length);
}
