using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>The part of a page that is about one study.</summary>
internal static class HtmlStudy
{
    /// <summary>What a study is called: its pseudonym.</summary>
    public static string NameOf(ReportStudy study) => study.Pseudonyms.Count > 0 ? string.Join(", ", study.Pseudonyms) : "(no pseudonym)";

    public static (string Words, string Style) StateOf(ReportStudy study) =>
        study.Findings.Any(f => f.Kind == FindingKind.ApprovalVoid) ? ("Approval void", "state void")
        : (study.State.ToString(), study.IsApproved ? "state approved" : "state");

    public static string OptionsOf(ManifestProfile profile) => profile.Options.Count > 0 ? string.Join(", ", profile.Options) : "none";

    public static void Write(HtmlWriter page, int number, ReportStudy study, ReportPicture picture)
    {
        var id = $"study-{number}";
        var (words, style) = StateOf(study);
        page.Open("article", "study").Attribute("id", id).Attribute("aria-labelledby", id + "-name");
        page.Open("div", "title").Open("h3").Attribute("id", id + "-name").Free(NameOf(study)).Close().Element("span", words, style).Close();
        page.Open("p", "uid").Text(study.StudyInstanceUid.Length > 0 ? study.StudyInstanceUid : "An object without a study").Close();
        WriteNotes(page, study);
        page.Open("div", "lead");
        WriteFacts(page, study);
        WritePicture(page, study, picture);
        page.Close().Open("div", "tables");
        WriteSeries(page, study);
        WriteFindings(page, study);
        page.Open("div");
        HtmlActions.Write(page, study.Actions, study.FileCount);
        page.Close();
        WriteRegions(page, study);
        page.Open("div");
        HtmlSummary.WriteRejected(page, study.Rejected);
        page.Close().Close();
        WriteApproval(page, study);
        WriteFiles(page, id, study);
        page.Close().Raw("\n");
    }

    private static void WriteNotes(HtmlWriter page, ReportStudy study)
    {
        if (study.Findings.Any(f => f.Kind == FindingKind.ApprovalVoid))
        {
            page.Element("p", "The study was approved, and its files have changed since: the approval is void. What the files' headers and pixels say now is left out.", "warning");
        }

        if (study.ChangedFiles > 0)
        {
            page.Element("p", $"{ReportText.Count(study.ChangedFiles, "file has", "files have")} another length than when written. What the files' headers and pixels say now is left out.", "warning");
        }

        if (study.MissingFiles > 0)
        {
            page.Element("p", $"{ReportText.Number(study.MissingFiles)} of {ReportText.Count(study.FileCount, "file")} that the manifest lists {(study.MissingFiles == 1 ? "was" : "were")} not found.", "warning");
        }
    }

    private static void WriteFacts(HtmlWriter page, ReportStudy study)
    {
        page.Open("dl", "facts");
        page.Term("Modality", string.Join(", ", study.Modalities)).Term("Series", ReportText.Number(study.Series.Count))
            .Term("Files", ReportText.Number(study.FileCount)).Term("Size", ReportText.Size(study.Length));
        page.Term("Profile", $"{study.Profile.Name}, PS3.15 {study.Profile.Edition}").Term("Options", OptionsOf(study.Profile));
        page.Term("Written", ReportText.Time(study.Created)).Term("Tool", study.Tool);
        page.Term("Project", study.Project ?? "none", study.Project is null ? ColumnKind.Words : ColumnKind.Code);
        page.Close();
    }

    private static void WritePicture(HtmlWriter page, ReportStudy study, ReportPicture picture)
    {
        if (picture.Png.Length > 0)
        {
            var regions = study.Regions.Count > 0 ? "; erased regions are outlined" : "";
            page.Open("figure").Open("img").Attribute("alt", $"Contact sheet of {ReportText.Count(study.Series.Count, "series", "series")}")
                .Attribute("width", $"{picture.Width}").Attribute("height", $"{picture.Height}").Picture("src", "image/png", picture.Png).CloseVoid();
            page.Element("figcaption", $"The image in the middle of each series{regions}. An overview, not a review.").Close();
        }
        else if (picture.Reason.Length > 0)
        {
            page.Open("p", "note").Element("strong", "No contact sheet. ").Text(picture.Reason).Close();
        }
    }

    private static void WriteSeries(HtmlWriter page, ReportStudy study)
    {
        if (study.Series.Count == 0)
        {
            return;
        }

        page.Open("div", "wide").OpenTable("Series", new("Number"), new("Modality"), new("Files", ColumnKind.Number), new("Size", ColumnKind.Number), new("Series Instance UID", ColumnKind.Code));
        foreach (var series in study.Series)
        {
            page.Row(series.Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none", series.Modality, ReportText.Number(series.Files), ReportText.Size(series.Length), series.SeriesInstanceUid);
        }

        page.CloseTable().Close();
    }

    private static void WriteFindings(HtmlWriter page, ReportStudy study)
    {
        page.Open("div", "wide").OpenTable("Findings", new("Kind"), new("Attribute"), new("Detail", ColumnKind.Free), new("Files", ColumnKind.Number));
        foreach (var finding in study.Findings)
        {
            page.Row(finding.Kind.ToString(), finding.Tag is { } tag ? ReportText.Name(tag) : "", finding.Detail ?? "", finding.Files == 0 ? "study" : ReportText.Number(finding.Files));
        }

        if (study.Findings.Count == 0)
        {
            page.Row("None", "", "", "0");
        }

        page.CloseTable().Close();
    }

    private static void WriteRegions(HtmlWriter page, ReportStudy study)
    {
        page.Open("div").OpenTable("Regions erased", new("Region", ColumnKind.Code), new("Device", ColumnKind.Free), new("Files", ColumnKind.Number));
        foreach (var region in study.Regions)
        {
            page.Row(ReportText.Describe(region.Region), region.Device ?? "", ReportText.Number(region.Files));
        }

        if (study.Regions.Count == 0)
        {
            page.Row("None", "", "0");
        }

        page.CloseTable().Close();
    }

    private static void WriteApproval(HtmlWriter page, ReportStudy study)
    {
        if (study.Approval is not { } approval)
        {
            page.Open("p", "note").Element("strong", "Not approved. ").Text("Nobody has recorded a review.").Close();
            return;
        }

        page.Open("section", study.IsApproved ? "approval" : "approval void").Element("h4", study.IsApproved ? "Approved" : "Approval, not valid for these files");
        page.Open("dl", "facts").Term("Reviewer", approval.Reviewer, ColumnKind.Free).Term("Time", ReportText.Time(approval.Time));
        page.Term("Accepted findings", approval.Accepted is { Count: > 0 } accepted ? string.Join(", ", accepted) : "none").Term("Tool", approval.Tool);
        page.Open("div", "whole").Element("dt", "Comment").Open("dd", "comment").Free(approval.Comment ?? "none").Close().Close();
        page.Open("div", "whole").Element("dt", "Merkle root of the files (SHA-256)").Element("dd", approval.MerkleRoot, "code").Close();
        page.Close().Close();
    }

    private static void WriteFiles(HtmlWriter page, string id, ReportStudy study)
    {
        var hasSha256 = study.Files.Any(f => f.Sha256 is not null);
        page.Open("details").Element("summary", $"Hashes of {ReportText.Count(study.FileCount, "file")}");
        page.Open("div", "scroll").Attribute("role", "region").Attribute("aria-label", "Hashes").Attribute("tabindex", "0").Attribute("id", id + "-files");
        Column[] columns = [new("File", ColumnKind.Code), new("Bytes", ColumnKind.Number), new("XXH128 when written", ColumnKind.Code)];
        page.OpenTable("Files and their hashes", hasSha256 ? [.. columns, new("SHA-256 when approved", ColumnKind.Code)] : columns);
        foreach (var file in study.Files)
        {
            if (hasSha256)
            {
                page.Row(file.Name, ReportText.Number(file.Length), file.Xxh128, file.Sha256 ?? "");
            }
            else
            {
                page.Row(file.Name, ReportText.Number(file.Length), file.Xxh128);
            }

            page.Raw("\n");
        }

        page.CloseTable().Close().Close();
    }
}
