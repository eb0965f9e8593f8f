using System.Collections;
using System.Management.Automation;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.PowerShell;

/// <summary>Compares an anonymizer script with Table E.1-1, without any data.</summary>
/// <remarks>
/// <para>Scripts are those of RSNA CTP and Pacsbin. For every script, each of the 657 rows of PS3.15 Table E.1-1 comes out twice: for the data set itself (Place is Root) and for items of sequences (Nested). A row has the standard's action under
/// the profile, the script's action, the rule that decides, and a verdict: Same, Stronger, Weaker, or Missing, which means that no rule and no option does anything: CTP, and a run with -Exact, let the value pass; any other run does what the profile says.</para>
/// <para>The audit is on the safe side: what is not surely as strong as the standard is Weaker. A code such as X/Z/D asks for X, because no IOD is known here. Of several branches of @if or @select
/// the weakest counts. Text that the script writes is as strong as D. A hash without a key is weaker than all but K, because who counts through patient numbers finds the one that was
/// hashed; a hashed UID is the same as U. Dates that move by a hash, or by days that stand in the script, are weaker than C. Rules count in items of sequences only if every sequence that
/// stays is walked. Pacsbin's options sequenceAction, removeDisabled and strict are not counted on.</para>
/// <para>A script is read in the safe way: sequences without a rule are walked, @empty() empties them, remove.curves removes curves, and a parameter that is not defined is an error. With -Exact
/// it is read as CTP reads it, which leaves sequences whole.</para>
/// <para>With -Summary, two objects with counts come out for each script, in place of the rows. Rows and counts are never mixed, so that tables stay tables. What looks wrong in a
/// script is a warning with line and column. A script that cannot run is the error InvalidScript.</para>
/// </remarks>
/// <example>
///   <code>Test-PacsbinScript ./script.json -Summary</code>
///   Counts what a script leaves behind.
/// </example>
/// <example>
///   <code>Test-PacsbinScript ./DicomServiceAnonymizer.script -Exact | Where-Object Verdict -in Weaker, Missing | Format-Table</code>
///   Lists where a script, run by CTP, does less than the standard.
/// </example>
/// <example>
///   <code>Test-PacsbinScript -Path ./scripts/*.script -ProfileName Basic -Option RetainUids, RetainDeviceIdentity -Summary</code>
///   Compares some scripts with the Basic Profile that keeps UIDs and devices.
/// </example>
/// <example>
///   <code>Test-PacsbinScript -LiteralPath './script [2].xml' -Parameter @{ SITEID = '12' } | Where-Object Place -eq Root | Export-Csv audit.csv</code>
///   Writes the audit of a script that lacks a parameter, as a table for a spreadsheet.
/// </example>
/// <seealso cref="ConvertToPacsbinScriptCommand"/>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsDiagnostic.Test, "PacsbinScript", DefaultParameterSetName = "Path")]
[OutputType(typeof(ScriptAuditRow), typeof(ScriptAuditSummary))]
public sealed class TestPacsbinScriptCommand : ScriptCmdlet
{
    private DeidentificationProfile profile = DeidentificationProfile.Pacsbin;

    /// <summary>Reads the script as CTP does, leaks included.</summary>
    [Parameter]
    public SwitchParameter Exact { get; set; }

    /// <summary>Values of the script's parameters that take the place of its own, or that it lacks: @{ SITEID = '12' }. Names are case-sensitive.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Parameter { get; set; } = [];

    /// <summary>The profile to compare with: Pacsbin, or Basic for the Basic Profile of PS3.15 alone.</summary>
    [Parameter]
    [ValidateSet("Pacsbin", "Basic")]
    [PSDefaultValue(Value = "Pacsbin")]
    public string ProfileName { get; set; } = "Pacsbin";

    /// <summary>Options of PS3.15 Annex E that are added to the profile. RetainFullDates needs the Basic profile, because Pacsbin moves dates.</summary>
    [Parameter]
    [ValidateSet(
        nameof(ProfileOptions.RetainSafePrivate), nameof(ProfileOptions.RetainUids), nameof(ProfileOptions.RetainDeviceIdentity),
        nameof(ProfileOptions.RetainInstitutionIdentity), nameof(ProfileOptions.RetainPatientCharacteristics), nameof(ProfileOptions.RetainFullDates),
        nameof(ProfileOptions.RetainModifiedDates), nameof(ProfileOptions.CleanGraphics), nameof(ProfileOptions.CleanPixelData))]
    public ProfileOptions[] Option { get; set; } = [];

    /// <summary>Writes counts in place of rows.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    private protected override Hashtable ScriptParameters => Parameter;

    protected override void BeginProcessing()
    {
        try
        {
            profile = (ProfileName.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? DeidentificationProfile.Basic : DeidentificationProfile.Pacsbin)
                .With(Option.Aggregate(ProfileOptions.None, static (all, one) => all | one));
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, "-Option", "Take -ProfileName Basic, or leave one of the two options out."));
        }
    }

    private protected override void Process(string path)
    {
        var audit = ScriptAudit.Of(Load(path, Exact), profile, path);
        if (Summary)
        {
            WriteObject(audit.Root);
            WriteObject(audit.Nested);
            return;
        }

        WriteObject(audit.Rows, enumerateCollection: true);
    }
}
