using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Tests.Deidentification.Scripts;

/// <summary>What CTP made of a file, element by element: <c>ggggeeee[item].ggggeeee</c> and the value.</summary>
internal sealed record CtpOutput(string File, IReadOnlyDictionary<string, string> Elements)
{
    public static IEnumerable<CtpOutput> Read(string path)
    {
        foreach (var line in System.IO.File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            yield return new CtpOutput(
                json.RootElement.GetProperty("file").GetString()!,
                json.RootElement.GetProperty("elements").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!));
        }
    }

    /// <summary>A copy, told in the same way.</summary>
    public static SortedDictionary<string, string> Of(DicomFile file)
    {
        var elements = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(file.Dataset, file, "", elements);
        return elements;
    }

    /// <summary>Whether two values are the same: as text without the space around it, or as numbers that Java and .NET write differently.</summary>
    public static bool AreSame(string ours, string theirs) =>
        Trimmed(ours) == Trimmed(theirs)
        || string.Equals(ours, theirs.Replace("(", "", StringComparison.Ordinal).Replace(", ", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase) // a tag in a UN
        || (int.TryParse(ours, CultureInfo.InvariantCulture, out var unsigned) && theirs == ((short)unsigned).ToString(CultureInfo.InvariantCulture)) // a number in a UN
        || (ours.Split('\\') is var a && theirs.Split('\\') is var b && a.Length == b.Length && a.Zip(b).All(p => Trimmed(p.First) == Trimmed(p.Second) || AreSameNumbers(p.First, p.Second)));

    private static bool AreSameNumbers(string a, string b) =>
        double.TryParse(a, CultureInfo.InvariantCulture, out var x) && double.TryParse(b, CultureInfo.InvariantCulture, out var y) && ((float)x).Equals((float)y);

    private static string Trimmed(string text) => string.Join('\\', text.Split('\\').Select(v => v.Trim(' ', '\0')));

    private static void Add(DicomDataset dataset, DicomFile file, string path, SortedDictionary<string, string> to)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            var element = dataset[i];
            var name = $"{path}{element.Tag.Value:X8}";
            var sequence = element.Sequence;
            if (sequence is null && element.Vr == Vr.UN && DicomDictionary.TryGet(element.Tag, out var entry) && entry.Vr == Vr.SQ)
            {
                DicomReader.TryReadItems(element.Value, dataset, isExplicitVr: false, out sequence);
            }

            if (sequence is not null)
            {
                to[name] = $"SQ:{sequence.Items.Count}";
                for (var item = 0; item < sequence.Items.Count; item++)
                {
                    Add(sequence.Items[item], file, $"{name}[{item}].", to);
                }

                continue;
            }

            to[name] = element.Vr switch
            {
                Vr.OB or Vr.OW or Vr.OF or Vr.OD or Vr.OL or Vr.OV => Hash(element, file),
                Vr.UN when element.Range is not null => Hash(element, file),
                Vr.AT => string.Join('\\', ElementText.Of(element, dataset).Split('\\').Select(t => $"({t[..4]}, {t[4..]})".ToLowerInvariant())),
                _ => ElementText.Of(element, dataset),
            };
        }
    }

    /// <summary>Of the bytes as they are in the file: of fragments with the headers of their items, of words in the file's order.</summary>
    private static string Hash(in DicomElement element, DicomFile file)
    {
        using var stream = new MemoryStream();
        using (var writer = new DicomWriter(stream))
        {
            var whole = new DicomDataset();
            whole.Set(element);
            writer.Write(whole, file.Source, file.TransferSyntax.IsBigEndian ? TransferSyntax.ExplicitVrBigEndian : TransferSyntax.ExplicitVrLittleEndian);
            writer.Flush();
        }

        var bytes = stream.ToArray().AsSpan(element.Vr.HasLongLength() ? 12 : 8);
        bytes = element.Fragments is null ? bytes : bytes[..^8];
        return bytes.IsEmpty ? "" : HashOf(bytes);
    }

    public static string HashOf(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}:{bytes.Length}";
}
