using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Pacsbin.Dicom;

namespace Pacsbin.Archives;

/// <summary>A data set in the DICOM JSON Model (PS3.18 annex F), read as archives write it: without VR, numbers as strings, binary values in line.</summary>
/// <param name="element">A JSON object.</param>
internal readonly struct DicomJsonObject(JsonElement element)
{
    // PS3.18 F.2.2
    private static readonly string[] NameRepresentations = ["Alphabetic", "Ideographic", "Phonetic"];

    /// <summary>The data sets of an answer.</summary>
    /// <exception cref="FormatException">It is no array of objects.</exception>
    public static IEnumerable<DicomJsonObject> All(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => [new DicomJsonObject(root)],
        JsonValueKind.Array => root.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(e => new DicomJsonObject(e)),
        _ => throw new FormatException(),
    };

    /// <summary>All values of an attribute as texts; of a person's name the first representation that there is.</summary>
    public IReadOnlyList<string> Texts(Tag tag)
    {
        if (Attribute(tag) is not { } attribute)
        {
            return [];
        }

        if (attribute.TryGetProperty("Value", out var values))
        {
            return values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray().Select(TextOf).OfType<string>()] : TextOf(values) is { } single ? [single] : [];
        }

        // F.2.4: a value that the archive has not taken apart.
        return attribute.TryGetProperty("InlineBinary", out var inline) && inline.ValueKind == JsonValueKind.String && inline.TryGetBytesFromBase64(out var bytes)
            ? [.. Encoding.UTF8.GetString(bytes).Trim(' ', '\0').Split('\\')]
            : [];
    }

    /// <summary>The first value as text; null if there is none.</summary>
    public string? Text(Tag tag) => Texts(tag) is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>The first value as a number; null if there is none.</summary>
    public int? Number(Tag tag) =>
        Text(tag) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>The items of a sequence.</summary>
    public IEnumerable<DicomJsonObject> Items(Tag tag) =>
        Attribute(tag) is { } attribute && attribute.TryGetProperty("Value", out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object).Select(v => new DicomJsonObject(v))
            : [];

    private JsonElement? Attribute(Tag tag) =>
        element.TryGetProperty($"{tag.Group:X4}{tag.Element:X4}", out var attribute) && attribute.ValueKind == JsonValueKind.Object ? attribute : null;

    /// <summary>A string, also of an archive that does not write UTF-8, or half a surrogate pair.</summary>
    private static string StringOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)[1..^1]);
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => StringOf(value).Trim(' ', '\0'),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Object => NameRepresentations
            .Select(r => value.TryGetProperty(r, out var name) && name.ValueKind == JsonValueKind.String ? StringOf(name) : null)
            .FirstOrDefault(n => !string.IsNullOrEmpty(n)),
        _ => null,
    };
}
