using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>A patient that somebody has given a pseudonym.</summary>
/// <param name="Line">The line of the file, from 1, on which it begins.</param>
/// <param name="Patient">The original patient.</param>
/// <param name="Pseudonym">What the patient becomes.</param>
/// <param name="DateShiftDays">The days that the patient's dates move; null for those that the project's key makes.</param>
public sealed record ImportedPatient(int Line, PatientKey Patient, string Pseudonym, int? DateShiftDays)
{
    /// <summary>The line; never the patient.</summary>
    public override string ToString() => $"Line {Line}";

    /// <summary>Makes one of texts and checks each.</summary>
    /// <param name="line">Where they stand.</param>
    /// <param name="issuer">Issuer of Patient ID, with insignificant spaces.</param>
    /// <param name="id">Patient ID, with insignificant spaces.</param>
    /// <param name="pseudonym">As it is to be written.</param>
    /// <param name="shift">A whole number, or empty.</param>
    /// <param name="columnOf">The column of "PatientId", "IssuerOfPatientId", "Pseudonym" and "DateShiftDays".</param>
    internal static ImportedPatient Of(int line, string issuer, string id, string pseudonym, string shift, Func<string, int> columnOf)
    {
        (issuer, id, shift) = (issuer.Trim(), id.Trim(), shift.Trim());
        if (id.Length == 0)
        {
            throw TextProblem.At(line, columnOf(nameof(PatientCsv.PatientId)), "The Patient ID is empty.");
        }

        if (!IsOneValue(id))
        {
            throw TextProblem.At(line, columnOf(nameof(PatientCsv.PatientId)), "The Patient ID has a backslash or a control character, which no Patient ID has (PS3.5 6.2).");
        }

        if (!IsOneValue(issuer))
        {
            throw TextProblem.At(line, columnOf(nameof(PatientCsv.IssuerOfPatientId)), "The issuer has a backslash or a control character, which no issuer has (PS3.5 6.2).");
        }

        if (WhyIllegal(pseudonym) is { } why)
        {
            throw TextProblem.At(line, columnOf(nameof(PatientCsv.Pseudonym)), why);
        }

        if (pseudonym.Equals(id, StringComparison.OrdinalIgnoreCase))
        {
            throw TextProblem.At(line, columnOf(nameof(PatientCsv.Pseudonym)), "The pseudonym is the Patient ID itself.");
        }

        int? days = null;
        if (shift.Length > 0)
        {
            days = int.TryParse(shift, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var parsed)
                && parsed != 0 && Math.Abs((long)parsed) <= PatientCsv.MaximumShift
                    ? parsed
                    : throw TextProblem.At(line, columnOf(nameof(PatientCsv.DateShiftDays)), $"A date shift is a whole number of days from -{PatientCsv.MaximumShift} to {PatientCsv.MaximumShift}, and not 0.");
        }

        return new ImportedPatient(line, new PatientKey(issuer, id), pseudonym, days);
    }

    private static bool IsOneValue(string text) => !text.Any(c => c == '\\' || char.IsControl(c));

    /// <summary>Why a pseudonym cannot be Patient ID and Patient's Name of every file, whatever its character set.</summary>
    private static string? WhyIllegal(string pseudonym) => pseudonym switch
    {
        "" => "The pseudonym is empty.",
        { Length: > 64 } => "The pseudonym has more than 64 characters (PS3.5 6.2, LO).",
        _ when pseudonym.Trim() != pseudonym => "The pseudonym has spaces around it, which do not count (PS3.5 6.2).",
        _ when pseudonym.Any(c => c is < ' ' or > '~') => "The pseudonym has a character that is not printable ASCII.",
        _ when pseudonym.Any(c => c is '\\' or '^' or '=') => "The pseudonym has a backslash, a caret or an equals sign, which delimit values and the parts of a name (PS3.5 6.2).",
        _ => null,
    };
}

/// <summary>What an import did.</summary>
/// <param name="Added">Patients that are new.</param>
/// <param name="Known">Patients that had the same pseudonym already.</param>
public sealed record CrosswalkImport(int Added, int Known);

/// <summary>Says where a text cannot be read, and nothing of what stands there.</summary>
internal static class TextProblem
{
    public static PacsbinException At(int line, int column, string why) =>
        new(PacsbinError.MalformedElement, FormattableString.Invariant($"Line {line}, column {column}: {why}"));
}
