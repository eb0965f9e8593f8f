using Pacsbin.Deidentification;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>The contact sheet of a study in a report, or the reason why there is none.</summary>
/// <param name="Png">The picture's file; empty if there is none.</param>
/// <param name="Reason">Why there is none; empty if there is one.</param>
internal sealed record ReportPicture(ReadOnlyMemory<byte> Png, string Reason)
{
    private const int TileSide = 200;

    /// <summary>No picture, because none is wanted.</summary>
    public static ReportPicture Unwanted { get; } = new(default, "");

    // PNG 11.2.2: the first chunk, IHDR, has the sizes.
    public int Width => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Png.Span[16..]);

    public int Height => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Png.Span[20..]);

    /// <summary>Draws the sheet of a study if a person has looked at its images, or nothing suggests that they show text.</summary>
    public static ReportPicture Of(DicomStudy study, ReportStudy facts, CancellationToken cancellationToken)
    {
        if (ReasonAgainst(study, facts) is { } reason)
        {
            return new(default, reason);
        }

        var files = facts.Files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var sheet = new ContactSheet(study)
        {
            Options = new PictureOptions { Width = TileSide },
            Regions = [.. facts.Files.SelectMany(f => (f.Regions ?? []).Select(r => r with { SopInstanceUid = Path.GetFileNameWithoutExtension(f.Name) }))],
            IsShown = instance =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return ReportStudy.IsOf(study, instance) && files.TryGetValue(instance.File.Name, out var file) && IsAsWritten(instance, file);
            },
        };
        try
        {
            using var png = new MemoryStream();
            sheet.Write(png, cancellationToken);
            return new(png.GetBuffer().AsMemory(0, (int)png.Length), "");
        }
        catch (PacsbinException e)
        {
            return new(default, $"It cannot be drawn: {e.Message}");
        }
    }

    private static string? ReasonAgainst(DicomStudy study, ReportStudy facts)
    {
        if (facts.ChangedFiles > 0 || facts.Findings.Any(f => f.Kind == FindingKind.ApprovalVoid))
        {
            return "Files are not as they were written, so nobody knows what their pixels show.";
        }

        if (facts.IsApproved)
        {
            return null;
        }

        if (facts.Files.Any(f => f.Findings?.Any(n => IsOpen(n, f.Regions)) == true) || facts.Findings.Any(f => f.Files == 0 && OpenFindings.BurnedIn.Contains(f.Kind)))
        {
            return "Text may be burned into the pixels, and nobody has approved the study.";
        }

        // A profile without this option looks for no burned-in text: that it has found none says nothing.
        return facts.Profile.Options.Contains(nameof(ProfileOptions.CleanPixelData)) ? null
            : "The profile does not look for text that is burned into the pixels, and nobody has approved the study.";
    }

    /// <summary>Whether a finding says that text may still show.</summary>
    /// <remarks>A region that is erased in every frame settles the suspicion against its file. It does not settle bits of the pixel data that are not shown, nor what was found about
    /// regions: whether the right one was erased, only a person can tell.</remarks>
    private static bool IsOpen(Finding finding, IReadOnlyList<RedactionRegion>? regions) =>
        OpenFindings.BurnedIn.Contains(finding.Kind) && !(finding is { Kind: FindingKind.BurnedInSuspected, Tag: null } && regions?.Any(r => r.FirstFrame is null) == true);

    /// <summary>Whether a file's bytes are those that the manifest lists: what lies in its place may be a source.</summary>
    private static bool IsAsWritten(DicomInstance instance, ManifestFile file)
    {
        try
        {
            return FileDigest.OfListed(instance.File.Folder, file) is not null;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            return false;
        }
    }
}
