using System.Text;
using System.Xml;

namespace Pacsbin.Review.Reports;

/// <summary>What stands in a column of a table.</summary>
internal enum ColumnKind
{
    /// <summary>Words of the report itself.</summary>
    Words,

    /// <summary>Numbers, to the right.</summary>
    Number,

    /// <summary>UIDs and hashes.</summary>
    Code,

    /// <summary>Text of people or devices, in whatever direction it is written.</summary>
    Free,
}

/// <summary>A column of a table.</summary>
internal readonly record struct Column(string Name, ColumnKind Kind = ColumnKind.Words);

/// <summary>Writes HTML that is well-formed XML too: every text is encoded, every element is closed.</summary>
internal sealed class HtmlWriter : IDisposable
{
    private readonly Stream output;
    private readonly XmlWriter xml;
    private Column[] columns = [];

    public HtmlWriter(Stream output)
    {
        this.output = output;
        xml = XmlWriter.Create(output, new XmlWriterSettings
        {
            ConformanceLevel = ConformanceLevel.Fragment,
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            NewLineChars = "\n",
            NewLineHandling = NewLineHandling.None,
        });
    }

    /// <summary>Begins an element.</summary>
    public HtmlWriter Open(string tag, string? style = null)
    {
        xml.WriteStartElement(tag);
        return style is null ? this : Attribute("class", style);
    }

    /// <summary>Adds an attribute to the element that was just begun.</summary>
    public HtmlWriter Attribute(string name, string value)
    {
        xml.WriteAttributeString(name, ReportText.Clean(value));
        return this;
    }

    /// <summary>Adds an attribute whose value is a picture.</summary>
    public HtmlWriter Picture(string name, string mediaType, ReadOnlyMemory<byte> bytes)
    {
        xml.WriteStartAttribute(name);
        xml.WriteString($"data:{mediaType};base64,");
        var whole = bytes.ToArray();
        xml.WriteBase64(whole, 0, whole.Length);
        xml.WriteEndAttribute();
        return this;
    }

    public HtmlWriter Text(string text)
    {
        xml.WriteString(ReportText.Clean(text));
        return this;
    }

    /// <summary>Writes text of people or devices, which cannot turn the direction of what is around it.</summary>
    public HtmlWriter Free(string text) => Element("bdi", text);

    /// <summary>Writes markup of the report itself.</summary>
    public HtmlWriter Raw(string markup)
    {
        xml.WriteRaw(markup);
        return this;
    }

    /// <summary>Ends an element, as HTML has it even if nothing is in it.</summary>
    public HtmlWriter Close()
    {
        xml.WriteFullEndElement();
        return this;
    }

    /// <summary>Ends an element that HTML allows no content in.</summary>
    public HtmlWriter CloseVoid()
    {
        xml.WriteEndElement();
        return this;
    }

    public HtmlWriter Element(string tag, string text, string? style = null) => Open(tag, style).Text(text).Close();

    /// <summary>Writes a term of a list and what it stands for.</summary>
    public HtmlWriter Term(string term, string value, ColumnKind kind = ColumnKind.Words)
    {
        Open("div").Element("dt", term).Open("dd", StyleOf(kind));
        return (kind == ColumnKind.Free ? Free(value) : Text(value)).Close().Close();
    }

    /// <summary>Begins a table.</summary>
    public HtmlWriter OpenTable(string caption, params Column[] header)
    {
        columns = header;
        Open("table").Element("caption", caption).Open("thead").Open("tr");
        foreach (var column in header)
        {
            Open("th", column.Kind == ColumnKind.Number ? "number" : null).Attribute("scope", "col").Text(column.Name).Close();
        }

        return Close().Close().Open("tbody");
    }

    /// <summary>Writes a row; its first cell names it.</summary>
    public HtmlWriter Row(params ReadOnlySpan<string> cells)
    {
        Open("tr");
        for (var i = 0; i < cells.Length; i++)
        {
            OpenCell(i);
            (columns[i].Kind == ColumnKind.Free ? Free(cells[i]) : Text(cells[i])).Close();
        }

        return Close();
    }

    /// <summary>Begins a cell for something other than text.</summary>
    public HtmlWriter OpenCell(int index)
    {
        Open(index == 0 ? "th" : "td", StyleOf(columns[index].Kind));
        return index == 0 ? Attribute("scope", "row") : this;
    }

    public HtmlWriter CloseTable() => Close().Close();

    /// <summary>Puts in what another writer has written.</summary>
    public void Insert(Stream markup)
    {
        xml.WriteRaw("\n"); // ends the tag of the element that was begun last
        xml.Flush();
        markup.Position = 0;
        markup.CopyTo(output);
    }

    public void Flush() => xml.Flush();

    public void Dispose() => xml.Dispose();

    private static string? StyleOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => "number",
        ColumnKind.Code => "code",
        _ => null,
    };
}
