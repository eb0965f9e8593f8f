using System.Text.RegularExpressions;
using Pacsbin.Dicom;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Redaction;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>What tests of approving and revoking share.</summary>
public abstract partial class ReviewingTests : RedactingTests
{
    private protected const string Reviewer = "R. Reader";

    /// <summary>RLE Lossless.</summary>
    private protected const string Rle = "1.2.840.10008.1.2.5";

    /// <summary>The folder of the only study of the workspace.</summary>
    private protected string Folder => Assert.Single(Studies(Destination));

    private protected Manifest Current => Manifest.Read(Folder)!;

    /// <summary>An image, or an instance without pixels.</summary>
    /// <param name="instance">The last component of its SOP Instance UID.</param>
    /// <param name="annotation">Burned In Annotation with its padding; null for none.</param>
    /// <param name="hasPixels">Whether it has 4 x 4 pixels of 16 bits for each frame.</param>
    /// <param name="frames">Number of Frames.</param>
    /// <param name="modality">Two characters.</param>
    /// <param name="syntax">RLE Lossless or an uncompressed transfer syntax.</param>
    private protected static byte[] Image(int instance, string? annotation = null, bool hasPixels = true, int frames = 1, string modality = "MR", string syntax = DicomBuilder.ExplicitLittle)
    {
        var uid = $"1.2.826.0.1.3680043.99.1.2.{instance}";
        var form = syntax switch { DicomBuilder.ImplicitLittle => Encoded.ImplicitLittle, DicomBuilder.ExplicitBig => Encoded.ExplicitBig, _ => Encoded.ExplicitLittle };
        var file = new DicomBuilder(form)
            .Element(0x00080016, "UI", hasPixels ? "1.2.840.10008.5.1.4.1.1.4\0" : "1.2.840.10008.5.1.4.1.1.66")
            .Element(0x00080018, "UI", uid.Length % 2 == 0 ? uid : uid + '\0')
            .Element(0x00080020, "DA", "20240229").Element(0x00080060, "CS", modality)
            .Element(0x00100010, "PN", "MUELLER^ANNA").Element(0x00100020, "LO", "PATIENT-4711")
            .Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.1").Element(0x0020000E, "UI", "1.2.826.0.1.3680043.99.1.1");
        if (!hasPixels)
        {
            return file.ToFile(syntax);
        }

        file.Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Element(0x00280008, "IS", $"{frames:D2}")
            .Numbers(0x00280010, "US", 4).Numbers(0x00280011, "US", 4).Numbers(0x00280100, "US", 16)
            .Numbers(0x00280101, "US", 16).Numbers(0x00280102, "US", 15).Numbers(0x00280103, "US", 0);
        if (annotation is not null)
        {
            file.Element(0x00280301, "CS", annotation);
        }

        byte[] pixels = [.. Enumerable.Range(0, 32 * frames).Select(i => (byte)(i * 7))];
        return (syntax == Rle
            ? file.Fragments(0x7FE00010, [], [.. pixels.Chunk(32).Select(f => RleEncoder.Encode(f, 1, 2, isPlanar: false))])
            : file.Element(0x7FE00010, "OW", pixels)).ToFile(syntax);
    }

    /// <summary>De-identifies some instances.</summary>
    private protected void Make(params byte[][] instances)
    {
        for (var i = 0; i < instances.Length; i++)
        {
            Source.Write($"{i:D4}.dcm", instances[i]);
        }

        Assert.Equal(instances.Length, Assert.Single(Run()).InstanceCount);
        Assert.Empty(Rejected);
    }

    /// <summary>De-identifies a study of images without findings.</summary>
    private protected void Make(int files) => Make([.. Enumerable.Range(1, files).Select(i => Image(i))]);

    private protected ApprovalOutcome Approve(params FindingKind[] accepted) => Approve(StudyOf(Destination), accepted);

    private protected ApprovalOutcome Approve(DicomStudy study, params FindingKind[] accepted) =>
        new StudyApproval(study, Reviewer) { Accepted = accepted, Rejected = (path, e) => Refused.Add((path, e.Error)) }.Run(cancellationToken: TestContext.Current.CancellationToken);

    private protected RevocationOutcome Revoke() =>
        new StudyRevocation(StudyOf(Destination)) { Rejected = (path, e) => Refused.Add((path, e.Error)) }.Run(cancellationToken: TestContext.Current.CancellationToken);

    private protected static PacsbinException Refusal(Action act) => Assert.Throws<PacsbinException>(act);

    /// <summary>The state that a scan shows, and why an approval is void.</summary>
    private protected (StudyState State, string? Void) Seen()
    {
        var found = new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies;
        var study = Assert.Single(found, s => s.State != StudyState.Source);
        return (study.State, study.Findings.SingleOrDefault(f => f.Kind == FindingKind.ApprovalVoid)?.Detail);
    }

    /// <summary>Asserts that a workspace holds one study whose files are those of its manifest, and nothing else; all of it but the times.</summary>
    private protected static Dictionary<string, string> Snapshot(string workspace)
    {
        var folder = Assert.Single(Directory.GetFileSystemEntries(workspace));
        var manifest = Manifest.Read(folder)!;
        var files = Contents(folder);
        Assert.Equal([.. manifest.Files.Select(f => f.Name), Manifest.FileName], files.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest.Files, f => Assert.Equal((f.Xxh128, f.Length), (files[f.Name], new FileInfo(Path.Join(folder, f.Name)).Length)));
        files[Manifest.FileName] = Times().Replace(File.ReadAllText(Path.Join(folder, Manifest.FileName)), "");
        return files;
    }

    /// <summary>The elements whose values are not the same in two files.</summary>
    private protected static string[] Differences(string one, string other)
    {
        using var first = DicomFile.Open(one);
        using var second = DicomFile.Open(other);
        Assert.Equal(first.TransferSyntax.Uid, second.TransferSyntax.Uid);
        var (before, after) = (Elements(first), Elements(second));
        return [.. before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k)).Order(StringComparer.Ordinal)];
    }

    private protected static string[] CodesOf(string path)
    {
        using var file = DicomFile.Open(path);
        Assert.True(file.Dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var codes));
        return [.. codes.Sequence!.Items.Select(i => $"{i.GetString(Tags.CodeValue)} {i.GetString(Tags.CodingSchemeDesignator)} {i.GetString(Tags.CodeMeaning)}")];
    }

    /// <summary>Changes one byte of a file and puts its times back.</summary>
    private protected static void Flip(string path, Index at)
    {
        var (written, read) = (File.GetLastWriteTimeUtc(path), File.GetLastAccessTimeUtc(path));
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, written);
        File.SetLastAccessTimeUtc(path, read);
    }

    private static Dictionary<string, string> Elements(DicomFile file)
    {
        var found = new Dictionary<string, string>();
        Collect(file.Dataset, "");
        return found;

        void Collect(DicomDataset dataset, string place)
        {
            for (var i = 0; i < dataset.Count; i++)
            {
                var element = dataset[i];
                var key = place + element.Tag;
                found[key] = $"{element.Vr} " + (element switch
                {
                    { Sequence: { } sequence } => $"{sequence.Items.Count} items, {sequence.HasUndefinedLength}",
                    { Fragments: { } fragments } => string.Join(',', Enumerable.Range(0, fragments.Count).Select(f => Convert.ToHexString(Read(file, fragments[f])))),
                    { Range: { } range } => Convert.ToHexString(Read(file, range)),
                    _ => Convert.ToHexString(element.Value.Span),
                });
                for (var item = 0; item < (element.Sequence?.Items.Count ?? 0); item++)
                {
                    Collect(element.Sequence!.Items[item], $"{key}[{item}].");
                }
            }
        }
    }

    private static byte[] Read(DicomFile file, FileRange range)
    {
        var bytes = new byte[range.Length];
        file.Source.ReadExactly(range.Offset, bytes);
        return bytes;
    }

    [GeneratedRegex("\"(created|time)\":\"[^\"]+\",")]
    private static partial Regex Times();
}
