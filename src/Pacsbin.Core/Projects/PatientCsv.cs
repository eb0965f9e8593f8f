using System.Globalization;
using System.Text;

namespace Pacsbin.Projects;

/// <summary>Patients and their pseudonyms as CSV (RFC 4180) in UTF-8, with a header line.</summary>
public static class PatientCsv
{
    /// <summary>The most days that an imported date shift may have, about a century.</summary>
    internal const int MaximumShift = 36_500;

    internal const string PatientId = nameof(PatientId);
    internal const string IssuerOfPatientId = nameof(IssuerOfPatientId);
    internal const string Pseudonym = nameof(Pseudonym);
    internal const string DateShiftDays = nameof(DateShiftDays);
    private static readonly string[] Names = [PatientId, IssuerOfPatientId, Pseudonym, DateShiftDays];

    /// <summary>Reads a file whose columns are PatientId, Pseudonym and, if wanted, IssuerOfPatientId and DateShiftDays, in any order.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="issuer">The issuer of patients for whom the file names none.</param>
    /// <exception cref="PacsbinException">MalformedElement with line and column; LimitExceeded; FileNotFound, FileIo, FileAccessDenied.</exception>
    public static IReadOnlyList<ImportedPatient> Read(string path, string issuer = "") => Parse(TextFile.ReadUtf8(path), issuer);

    internal static List<ImportedPatient> Parse(string text, string issuer)
    {
        using var records = new CsvRecords(text).GetEnumerator();
        if (!records.MoveNext())
        {
            throw TextProblem.At(1, 1, "Expected a header line with PatientId and Pseudonym, found nothing.");
        }

        var columns = ColumnsOf(records.Current);
        var patients = new List<ImportedPatient>();
        while (records.MoveNext())
        {
            var record = records.Current;
            if (record.Fields.Count != columns.Count)
            {
                throw TextProblem.At(record.Line, 1, $"Expected {columns.Count} values, found {record.Fields.Count}.");
            }

            var own = ValueOf(IssuerOfPatientId);
            patients.Add(ImportedPatient.Of(record.Line, own.Trim().Length > 0 ? own : issuer, ValueOf(PatientId), ValueOf(Pseudonym), ValueOf(DateShiftDays),
                name => columns.TryGetValue(name, out var at) ? record.Fields[at].Column : 1));

            string ValueOf(string name) => columns.TryGetValue(name, out var at) ? record.Fields[at].Text : "";
        }

        return patients;
    }

    /// <summary>Writes patients; the caller zeroes what it gets.</summary>
    internal static byte[] Write(IReadOnlyList<CrosswalkPatient> patients)
    {
        var text = new StringBuilder($"{PatientId},{IssuerOfPatientId},{Pseudonym},{DateShiftDays}\r\n");
        foreach (var (patient, pseudonym) in patients)
        {
            text.Append(Quoted(patient.Id)).Append(',').Append(Quoted(patient.Issuer)).Append(',').Append(Quoted(pseudonym.Id)).Append(',')
                .Append(CultureInfo.InvariantCulture, $"{pseudonym.DateShiftDays}").Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static Dictionary<string, int> ColumnsOf(CsvRecord header)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Fields.Count; i++)
        {
            var (text, column) = header.Fields[i];
            var name = Array.Find(Names, n => n.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
                ?? throw TextProblem.At(header.Line, column, $"Expected one of the column names {string.Join(", ", Names)}.");
            if (!columns.TryAdd(name, i))
            {
                throw TextProblem.At(header.Line, column, $"The column {name} comes twice.");
            }
        }

        return columns.ContainsKey(PatientId) && columns.ContainsKey(Pseudonym)
            ? columns
            : throw TextProblem.At(header.Line, 1, "Expected a header line with PatientId and Pseudonym.");
    }

    private static string Quoted(string value) =>
        value.AsSpan().ContainsAny("\",\r\n") || value != value.Trim() ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
