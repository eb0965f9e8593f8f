using System.Text;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Looks in every copy for what its original says of people and orders, wherever it says it.</summary>
[Collection(nameof(DeidentifiedCorpus))]
public class IdentifierLeakTests(DeidentifiedCorpus corpus)
{
    private const int ShortestToken = 6;

    /// <summary>Patient ID and other identifiers, accession number, order numbers, addresses, institution.</summary>
    private static readonly uint[] Identifiers =
        [0x00100020, 0x00101000, 0x00101001, 0x00101040, 0x00102154, 0x00080050, 0x00080080, 0x00080081, 0x00081010, 0x00401001, 0x00402016, 0x00402017, 0x00200010, 0x00380010];

    /// <summary>What stations and patients of sample files are called after: Manufacturer, its model names, and a Series Number, which stay.</summary>
    private static readonly string[] Words =
    [
        "TOSHIBA", "Philips", "PixelMed", "VidiView", "GENESIS_HISPEED_RP", "GENESIS_SIGNA", "Galan 3T", "Prisma", "%08x.%08x.%08x", "123456",
    ];

    [Fact]
    public void No_copy_holds_a_name_or_an_identifier_of_its_original()
    {
        var leaks = new List<string>();
        var tokens = 0;
        foreach (var copy in corpus.Copies.Where(c => c.Copy is not null))
        {
            using var source = DicomFile.Open(copy.Source.Path);
            var found = new HashSet<string>(StringComparer.Ordinal);
            Collect(source.Dataset, found);
            found.ExceptWith(Words);
            tokens += found.Count;
            var bytes = File.ReadAllBytes(copy.Copy!);
            leaks.AddRange(found.Where(t => bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(t)) >= 0).Select(t => $"{copy.Source.Name}: {t}"));
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.InRange(tokens, 1000, int.MaxValue);
    }

    private static void Collect(DicomDataset dataset, HashSet<string> tokens)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            var element = dataset[i];
            if (element.Vr == Vr.PN || Identifiers.Contains(element.Tag.Value))
            {
                var text = Encoding.Latin1.GetString(element.Value.Span);
                foreach (var part in text.Split(['^', '=', '\\', ' ', '\0', '\x1b'], StringSplitOptions.RemoveEmptyEntries).Append(text.Trim(' ', '\0')))
                {
                    if (part.Length >= ShortestToken && !part.All(c => c is '0' or '.' or ' '))
                    {
                        tokens.Add(part);
                    }
                }
            }

            element.Sequence?.Items.ForEach(item => Collect(item, tokens));
        }
    }
}
