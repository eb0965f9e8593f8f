using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class RandomDatasetTests : ReadingTests
{
    private static readonly TransferSyntax[] Syntaxes =
    [
        TransferSyntax.ExplicitVrLittleEndian, TransferSyntax.ImplicitVrLittleEndian,
        TransferSyntax.ExplicitVrBigEndian, TransferSyntax.DeflatedExplicitVrLittleEndian,
    ];

    private static Config Runs(int count) => Config.QuickThrowOnFailure.WithMaxTest(count);

    [Fact]
    public void Write_then_read_is_identity()
    {
        var property = Prop.ForAll(RandomNode.Datasets(4).ToArbitrary(), Gen.Elements(Syntaxes).ToArbitrary(), (nodes, syntax) =>
        {
            using var store = new MemoryStream();
            var dataset = RandomNode.ToDataset(nodes, store);
            var source = new DicomSource(store.ToArray());
            using var output = new MemoryStream();
            DicomFile.Write(output, dataset, source, syntax);
            using var read = Open(output.ToArray());
            Assert.Equal(syntax, read.TransferSyntax);
            var difference = new DatasetComparison(source, read.Source, compareVr: syntax.IsExplicitVr).Difference(dataset, read.Dataset);
            Assert.True(difference is null, difference);
        });
        Check.One(Runs(300), property);
    }

    [Fact]
    public void Read_then_write_is_identity_for_even_lengths()
    {
        var property = Prop.ForAll(RandomNode.Datasets(4).ToArbitrary(), Gen.Elements(Enum.GetValues<Encoded>()).ToArbitrary(), (nodes, form) =>
        {
            var bytes = RandomNode.Build(Even(nodes), new DicomBuilder(form)).ToBytes();
            using var read = Open(DicomBuilder.Part10(DicomBuilder.UidOf(form), bytes));
            Assert.Equal(bytes, Saved(read)[^bytes.Length..]);
            Assert.Empty(read.Findings);
        });
        Check.One(Runs(300), property);
    }

    [Fact]
    public void Damaged_files_open_or_are_refused()
    {
        var damage =
            from position in Gen.Choose(0, int.MaxValue - 1)
            from value in Gen.Frequency((2, Gen.Choose(0, 255)), (1, Gen.Elements(0, 0xFF, 0xFE, 0x7F)))
            select (position, value);
        var property = Prop.ForAll(
            RandomNode.Datasets(3).ToArbitrary(),
            damage.ListOf().ToArbitrary(),
            (from cut in Gen.Choose(0, 2000) from form in Gen.Elements<int>(0, 1, 2, 3) select (cut, form)).ToArbitrary(),
            (nodes, changes, shape) =>
            {
                var builder = RandomNode.Build(nodes, new DicomBuilder((Encoded)(shape.form % 3)));
                var bytes = builder.ToFile(shape.form == 3 ? DicomBuilder.Deflated : null);
                foreach (var (position, value) in changes)
                {
                    // The first 128 bytes are the preamble, which nobody reads.
                    bytes[128 + (position % (bytes.Length - 128))] = (byte)value;
                }

                OpenAndSave(shape.cut < 1000 ? bytes[..Math.Max(0, bytes.Length - shape.cut)] : bytes);
            });
        Check.One(Runs(3000), property);
    }

    private static void OpenAndSave(byte[] bytes)
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = Open(bytes);
            using var output = new MemoryStream();
            file.Save(output);
        }
        catch (PacsbinException)
        {
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 * 1024 * 1024) + (64L * bytes.Length));
    }

    /// <summary>Sequences and items of one form of length, and values that their header can hold.</summary>
    private static IEnumerable<RandomNode> Even(IEnumerable<RandomNode> nodes) => nodes.Select(node => node with
    {
        Value = node.Value.Length > 0xFFFE ? [] : node.Value[..(node.Value.Length & ~1)],
        Items = node.Items?.Select(item => new RandomItem(node.Undefined, [.. Even(item.Nodes)])).ToArray(),
        Fragments = node.Fragments?.Select(fragment => fragment[..(fragment.Length & ~1)]).ToArray(),
    });
}
