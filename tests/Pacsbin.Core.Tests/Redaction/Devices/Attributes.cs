using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction.Devices;

/// <summary>Makes data sets for filters in memory.</summary>
internal static partial class Attributes
{
    /// <summary>A data set of keywords and values; numbers are written as their VR wants them.</summary>
    public static DicomDataset Of(params (string Keyword, string Value)[] attributes)
    {
        var dataset = new DicomDataset();
        foreach (var (keyword, value) in attributes)
        {
            Assert.True(DicomDictionary.TryGet(keyword, out var entry));
            dataset.Set(Element(entry.Tag, entry.Vr, value));
        }

        return dataset;
    }

    public static DicomElement Element(Tag tag, Vr vr, string value) => new(tag, vr, vr == Vr.US
        ? BitConverter.GetBytes(ushort.Parse(value, System.Globalization.CultureInfo.InvariantCulture))
        : Encoding.UTF8.GetBytes(value.Length % 2 == 0 ? value : value + " "));

    /// <summary>Data sets whose attributes have the values that a filter's terms name, so that a filter of positive terms is true.</summary>
    public static (DicomDataset Dataset, DicomDataset FileMeta) Satisfying(DatasetFilter filter)
    {
        var (dataset, fileMeta) = (new DicomDataset(), new DicomDataset());
        foreach (Match term in Term().Matches(filter.Text))
        {
            var name = term.Groups[1].Value;
            if (!Tag.TryParse(name.Trim('[', ']'), out var tag))
            {
                Assert.True(DicomDictionary.TryGet(name, out var named), name);
                tag = named.Tag;
            }

            Assert.True(DicomDictionary.TryGet(tag, out var entry));
            var group = tag.Group == 2 ? fileMeta : dataset;
            var before = group.GetString(tag); // one attribute may have to contain several words
            group.Set(Element(tag, entry.Vr, before is null ? term.Groups[2].Value : $"{before} {term.Groups[2].Value}"));
        }

        return (dataset, fileMeta);
    }

    [GeneratedRegex("""([\w,\[\]]+)\.\w+\s*\("([^"]*)"\)""")]
    private static partial Regex Term();
}
