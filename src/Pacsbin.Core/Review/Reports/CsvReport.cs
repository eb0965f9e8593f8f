using System.Globalization;
using System.Text;

namespace Pacsbin.Review.Reports;

/// <summary>A report as a table with a row for each file (RFC 4180), in UTF-8 with the mark by which spreadsheets know it.</summary>
internal sealed class CsvReport : ReportWriter
{
    /// <summary>What makes a spreadsheet take a cell for a formula; the wide forms do in some languages.</summary>
    private const string FormulaStarts = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private static readonly string[] Columns =
    [
        "StudyInstanceUid", "Pseudonym", "State", "Profile", "Options", "Project", "File", "Bytes", "Xxh128", "Sha256",
        "Kept", "Removed", "Emptied", "Replaced", "Uids", "Dates", "Findings", "Regions", "Device", "IsApproved", "Reviewer", "ApprovalTime", "MerkleRoot",
    ];

    private readonly StreamWriter text;

    public CsvReport(Stream output)
    {
        text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        WriteRow(Columns);
    }

    public override void Add(ReportStudy study, ReportPicture picture)
    {
        var ofStudy = study.Findings.Where(f => f.Files == 0).Select(f => new Finding(f.Kind, f.Tag, f.Detail)).ToList();
        foreach (var file in study.Files)
        {
            var actions = file.Actions;
            WriteRow(
            [
                study.StudyInstanceUid, string.Join("; ", study.Pseudonyms), study.State.ToString(),
                $"{study.Profile.Name} {study.Profile.Edition}", string.Join("; ", study.Profile.Options), study.Project,
                file.Name, Number(file.Length), file.Xxh128, file.Sha256,
                Number(actions?.Kept), Number(actions?.Removed), Number(actions?.Emptied), Number(actions?.Replaced), Number(actions?.Uids), Number(actions?.Dates),
                string.Join("; ", ofStudy.Concat(file.Findings ?? [])),
                string.Join("; ", (file.Regions ?? []).Select(ReportText.Describe)), file.Device,
                study.IsApproved ? "True" : "False", study.Approval?.Reviewer, study.Approval?.Time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture), study.Approval?.MerkleRoot,
            ]);
        }
    }

    public override void Complete(ReportSummary summary) => text.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
        }
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private void WriteRow(string?[] cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                text.Write(',');
            }

            WriteCell(cells[i] ?? "");
        }

        text.WriteLine();
    }

    private void WriteCell(string cell)
    {
        cell = ReportText.Clean(cell.ReplaceLineEndings("\n"));
        if (cell.Length > 0 && FormulaStarts.Contains(cell[0]))
        {
            cell = "'" + cell;
        }

        if (cell.AsSpan().ContainsAny(",;\"\r\n"))
        {
            text.Write('"');
            text.Write(cell.Replace("\"", "\"\"", StringComparison.Ordinal));
            text.Write('"');
        }
        else
        {
            text.Write(cell);
        }
    }
}
