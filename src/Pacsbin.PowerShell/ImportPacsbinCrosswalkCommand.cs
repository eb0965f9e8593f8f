using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>The formats of files with patients and pseudonyms.</summary>
public enum CrosswalkFormat
{
    /// <summary>CSV with a header line.</summary>
    Csv,

    /// <summary>A lookup table of RSNA CTP.</summary>
    CtpLookupTable,
}

/// <summary>Gives patients of a project pseudonyms of your own.</summary>
/// <remarks>
/// <para>A CSV file in UTF-8 has a header line with PatientId, Pseudonym and, if wanted, IssuerOfPatientId and DateShiftDays. A lookup table of RSNA CTP has lines such as
/// ptid/12345=SUBJ-001. Whoever is named so gets that pseudonym and date shift in every later run; without a shift, the one that the project's key makes.</para>
/// <para>All patients are added or, if a line is wrong, none; the error names the line and never a value. A pseudonym that a patient has already never changes, because files with
/// it may have left the house: import before the first run.</para>
/// </remarks>
/// <example>
///   <code>Import-PacsbinCrosswalk -Project ./trial -Path ./subjects.csv</code>
///   Adds the patients of a CSV file.
/// </example>
/// <example>
///   <code>Import-PacsbinCrosswalk ./trial ./LookupTable.properties -KeyType mrn -IssuerOfPatientId 'ST MARY'</code>
///   Adds the patients of a CTP lookup table whose lines begin with mrn/. Tables name no issuers: all patients get the same one.
/// </example>
/// <example>
///   <code>
///   Import-PacsbinCrosswalk -Project ./trial -Path ./subjects.txt -Format Csv -WhatIf
///   Import-PacsbinCrosswalk -Project ./trial -Path ./subjects.txt -Format Csv
///   </code>
///   Reads a file whose name does not end in .csv, first without adding anything.
/// </example>
/// <seealso cref="ExportPacsbinCrosswalkCommand"/>
/// <seealso cref="NewPacsbinProjectCommand"/>
[Cmdlet(VerbsData.Import, "PacsbinCrosswalk", SupportsShouldProcess = true)]
[OutputType(typeof(CrosswalkImport))]
public sealed class ImportPacsbinCrosswalkCommand : CrosswalkCmdlet
{
    /// <summary>The file to read. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file's format. Without it, a name that ends in .csv is a CSV file and any other a CTP lookup table.</summary>
    [Parameter]
    public CrosswalkFormat? Format { get; set; }

    /// <summary>What stands before the slash in the lines of a CTP lookup table that are meant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Value = "ptid")]
    public string KeyType { get; set; } = "ptid";

    /// <summary>The issuer of patients for whom the file names none. Patients with and without issuer are not the same.</summary>
    [Parameter]
    public string IssuerOfPatientId { get; set; } = "";

    protected override void ProcessRecord()
    {
        var path = Resolve(Path);
        var format = Format ?? (System.IO.Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? CrosswalkFormat.Csv : CrosswalkFormat.CtpLookupTable);
        if (format == CrosswalkFormat.Csv && MyInvocation.BoundParameters.ContainsKey(nameof(KeyType)))
        {
            Refuse("-KeyType", "A CSV file has no key types: -KeyType is for CTP lookup tables.");
        }

        var patients = Attempt(Path, () => format == CrosswalkFormat.Csv ? PatientCsv.Read(path, IssuerOfPatientId) : CtpLookupTable.Read(path, KeyType, IssuerOfPatientId));
        if (patients.Count == 0)
        {
            WriteWarning($"{ErrorRecords.Printable(Path)}: no patient is in the file{(format == CrosswalkFormat.CtpLookupTable ? " under this key type" : "")}.");
        }

        if (ShouldProcess(Resolve(Project), $"Add {patients.Count} patients and their pseudonyms"))
        {
            WriteObject(Attempt(Path, () => OpenCrosswalk().Import(patients)));
        }
    }
}
