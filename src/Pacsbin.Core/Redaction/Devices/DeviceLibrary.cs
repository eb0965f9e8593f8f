using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>Signatures of devices and the regions where they burn text into images: a pixel script of CTP, or JSON of format <see cref="JsonFormat"/>.</summary>
/// <remarks>
/// Everything that would make images go out unredacted without a word is an error when the library is loaded. Safe for use by several threads.
/// In a script of CTP, what stands in parentheses directly behind a filter or a region must be four integers; behind other text it must be if it starts
/// with a digit or a sign and has two commas or more, and may be anything otherwise. The JSON form is described by <c>module/device-library.schema.json</c>.
/// </remarks>
public sealed class DeviceLibrary
{
    /// <summary>The version of the JSON form.</summary>
    public const string JsonFormat = "pacsbin-devices/1";

    /// <summary>The most bytes that a library may have.</summary>
    public const int MostBytes = 1024 * 1024;

    private readonly AttributeTable attributes;

    private DeviceLibrary(DeviceLibraryContent content, string fingerprint)
    {
        attributes = content.Attributes;
        Signatures = content.Signatures;
        Problems = [.. content.Problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];
        Fingerprint = fingerprint;
    }

    /// <summary>In the order in which they are tried.</summary>
    public IReadOnlyList<DeviceSignature> Signatures { get; }

    /// <summary>What was read and yet looks wrong, in the order of the text.</summary>
    public IReadOnlyList<ScriptProblem> Problems { get; }

    /// <summary>Equal for libraries with the same text, read the same way: SHA-256 as 64 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a library's file: UTF-8, UTF-16 with its mark, or Latin-1; JSON is UTF-8.</summary>
    /// <inheritdoc cref="Parse(string, bool)"/>
    /// <param name="path">The file.</param>
    /// <param name="exact">As in <see cref="Parse(string, bool)"/>.</param>
    /// <exception cref="PacsbinException">InvalidScript with line and column; FileNotFound, FileAccessDenied or FileIo.</exception>
    public static DeviceLibrary Load(string path, bool exact = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(ScriptFile.Read(path, "device library", MostBytes, IsJson), exact);
    }

    /// <summary>Reads a library. It is JSON if it starts with a brace that a quote follows, which no script of CTP does.</summary>
    /// <param name="text">The library.</param>
    /// <param name="exact">
    /// Whether a script of CTP means exactly what it means there: (x,y,w,h) erases (w+1) x (h+1) pixels, and filters are read as
    /// <see cref="DatasetFilter.Parse(string, bool)"/> says. JSON is not CTP's, and this does not concern it.
    /// </param>
    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    public static DeviceLibrary Parse(string text, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostBytes)
        {
            throw ScriptFile.TooLong("device library", MostBytes);
        }

        var isJson = IsJson(text);
        var content = isJson ? new DeviceJson(text).Read() : new PixelScript(text, exact).Read();
        var way = isJson ? "json\n" : exact ? "exact\n" : "script\n";
        return new DeviceLibrary(content, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(way + text))));
    }

    /// <summary>The first signature that a file matches, by its attributes as they are; null if there is none.</summary>
    /// <param name="source">The original, not a copy that a profile was applied to.</param>
    /// <exception cref="PacsbinException">InvalidScript if a regular expression takes too long on a value.</exception>
    public DeviceSignature? Match(DicomFile source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Match(source.Dataset, source.FileMeta);
    }

    /// <summary>The first signature that a data set matches; null if there is none.</summary>
    /// <inheritdoc cref="Match(DicomFile)"/>
    public DeviceSignature? Match(DicomDataset dataset, DicomDataset? fileMeta)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var values = new AttributeValues(attributes, dataset, fileMeta);
        foreach (var signature in Signatures)
        {
            if (signature.Filter.Matches(values))
            {
                return signature;
            }
        }

        return null;
    }

    public override string ToString() => $"{Signatures.Count} signatures";

    private static bool IsJson(string text)
    {
        var rest = text.AsSpan().TrimStart();
        if (rest is not ['{', ..])
        {
            return false;
        }

        rest = rest[1..].Trim();
        return rest is ['"', ..] or ['}'] or [];
    }
}

/// <summary>What was read from a library's text.</summary>
internal sealed class DeviceLibraryContent
{
    private const int MostSignatures = 10_000;

    private readonly HashSet<string> filters = new(StringComparer.Ordinal);

    internal AttributeTable Attributes { get; } = new();

    internal List<DeviceSignature> Signatures { get; } = [];

    internal List<ScriptProblem> Problems { get; } = [];

    /// <summary>Adds a signature and what is wrong with it.</summary>
    internal void Add(DeviceSignature signature, ScriptText source, int at)
    {
        if (Signatures.Count == MostSignatures)
        {
            throw source.Error(at, $"A library has at most {MostSignatures} signatures.");
        }

        if (signature.Regions.Count == 0)
        {
            Problems.Add(source.Problem(at, "The signature has no regions: what it matches is not redacted, and later signatures are not tried."));
        }

        if (!filters.Add(signature.Filter.Text))
        {
            Problems.Add(source.Problem(at, "An earlier signature has the same filter; this one is never used."));
        }

        Signatures.Add(signature);
    }
}
