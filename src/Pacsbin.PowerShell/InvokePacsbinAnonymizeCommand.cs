using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>De-identifies DICOM studies into a workspace by PS3.15 Annex E.</summary>
/// <remarks>
/// <para>Applies the profile to every file at every depth, replaces UIDs consistently, moves the dates of each patient by the same number of days, removes
/// text from compressed pixel data, and writes each study into a folder of its own in the destination, with a manifest, study.json. Source files are read
/// and never changed.</para>
/// <para>With -Project it de-identifies for a project: pseudonyms, UIDs and dates are the same in every run, Resolve-PacsbinIdentity can undo them, and profile, options,
/// UID policy and pixel script are the project's. Without it, and without -Key, it anonymizes: nobody can undo what comes out.</para>
/// <para>With -Path, DICOMDIR files are de-identified too, and studies of a workspace are left out; piped studies that lie in the destination already are.</para>
/// <para>With -Script it runs an anonymizer script of RSNA CTP or Pacsbin. The script's rules decide what they name, at every depth; the profile decides all else, private attributes and pixels included. Where CTP
/// would let something through (a value that the attribute cannot hold, @empty() on a sequence, @skip()) the attribute is emptied, with a finding, or the file withheld. -Exact does what CTP does instead. Without -Key
/// and -Project hashes are CTP's, which anybody can try; with one of them they are made under that key.</para>
/// <para>A study appears in the destination when it is whole. After an interruption the same command finishes what was missing and writes nothing twice.</para>
/// <para>Before a copy counts, it is read back and searched for the names, numbers, dates, addresses and UIDs of its source. If one is left, the copy is deleted and the
/// file is the error IdentifierLeft. There is no way around this check.</para>
/// <para>A file that cannot be de-identified is one error that names it, and the run goes on. Each study written comes out with its Outcome, how many files
/// were written, skipped because they were there already, and rejected, and with its Findings, what a person should look at before the study leaves.</para>
/// <para>Text that is burned into pixels stays unless a person has planned regions with <see cref="AddRedactionRegionCommand"/>, or -PixelScript knows the device.
/// Studies that may have such text have the finding BurnedInSuspected. An image that is to be erased and cannot be gives an error and no copy.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./from-pacs -Modality CT | Invoke-PacsbinAnonymize -Destination ./for-research</code>
///   De-identifies the CT studies of a folder. The random key is thrown away when the run ends, so nobody can repeat or undo the pseudonyms. After an interruption it
///   waits for the rerun, a week at most.
/// </example>
/// <example>
///   <code>
///   $key = Read-Host -Prompt 'Key of the trial' -AsSecureString
///   Invoke-PacsbinAnonymize -Path ./from-pacs -Destination ./for-research -Key $key
///   </code>
///   De-identifies all studies of a folder. With the same key a patient gets the same pseudonym, and a UID the same replacement, in every run.
/// </example>
/// <example>
///   <code>
///   New-PacsbinProject ./trial
///   Invoke-PacsbinAnonymize -Path ./from-pacs -Destination ./for-research -Project ./trial
///   </code>
///   De-identifies all studies of a folder for a project, whose crosswalk keeps who the patients are.
/// </example>
/// <example>
///   <code>Invoke-PacsbinAnonymize -Path ./from-pacs -Destination ./for-teaching -ProfileName Basic -Option RetainFullDates, RetainDeviceIdentity -WhatIf</code>
///   Shows which studies would be written with the Basic Profile and two options, and writes nothing.
/// </example>
/// <example>
///   <code>
///   Invoke-PacsbinAnonymize -Path ./from-pacs -Destination ./for-research -ErrorVariable rejected -ErrorAction SilentlyContinue |
///       Where-Object { $_.Findings.Kind -eq 'BurnedInSuspected' }
///   $rejected | ForEach-Object { $_.TargetObject }
///   </code>
///   Lists the studies whose pixels a person must look at, then the files that gave no output.
/// </example>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./from-pacs -Modality US |
///       Add-RedactionRegion -Region '0,0,1024,60' -Clip |
///       Invoke-PacsbinAnonymize -Destination ./for-teaching -PixelScript ./DicomPixelAnonymizer.script
///   </code>
///   De-identifies ultrasound studies and erases the top of each image, and what a CTP pixel script knows of its device.
/// </example>
/// <example>
///   <code>Invoke-PacsbinAnonymize -Path ./from-pacs -Destination ./for-teaching -Script ./DicomServiceAnonymizer.script -LookupTable ./ids.properties -Parameter @{ SITEID = '12' } -Filter 'Modality.equals("CT")'</code>
///   De-identifies the CT images of a folder by a CTP script that looks up subject numbers in a table.
/// </example>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso cref="AddRedactionRegionCommand"/>
/// <seealso cref="NewPacsbinProjectCommand"/>
/// <seealso cref="TestPacsbinScriptCommand"/>
/// <seealso cref="ResolvePacsbinIdentityCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsLifecycle.Invoke, "PacsbinAnonymize", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class InvokePacsbinAnonymizeCommand : StudyInputCmdlet
{
    /// <summary>The first of the type names of what comes out; it selects a table with the outcome.</summary>
    private const string ResultTypeName = "Pacsbin.Studies.DicomStudy#Outcome";

    private readonly Lock running = new();
    private DeidentificationProfile profile = null!;
    private DeidentificationRun? run;
    private string destination = "";
    private byte[]? keyBytes;
    private Project? project;
    private RunFiles files = null!;
    private Action<string, PacsbinException> rejected = static (_, _) => { };

    /// <summary>The workspace: the folder in which each study gets a folder. It is made if it does not exist. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>What happens to each attribute. Basic is the Basic Profile of PS3.15 alone; Pacsbin adds CleanPixelData and RetainModifiedDates.</summary>
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

    /// <summary>The folder of a project from New-PacsbinProject. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Project { get; set; }

    /// <summary>A secret of at least 16 bytes of UTF-8. With -Project the project's key, if it is neither stored nor in the environment variable PACSBIN_KEY. The same key gives the same pseudonyms, UIDs and dates in every run. Without one a random key is used and thrown away.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    /// <summary>A device library: which devices burn in text, and where. A CTP pixel script, or JSON by module/device-library.schema.json. The first signature that
    /// an image matches tells what is erased, besides what Add-RedactionRegion has planned.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PixelScript { get; set; }

    /// <summary>An anonymizer script of RSNA CTP, in either of its forms, or of Pacsbin: what becomes of the attributes that it names. All others are the profile's, which is Basic with CleanPixelData
    /// unless -ProfileName or -Option say otherwise: dates that a script moves do not fit those that the profile Pacsbin moves.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <summary>The script's lookup table: a properties file with lines such as ptid/12345=SUBJ-001. A file whose value has no line is the error Quarantined unless the rule says otherwise.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LookupTable { get; set; }

    /// <summary>Values of the script's parameters that take the place of its own, or that it lacks: @{ SITEID = '12' }. Names are case-sensitive.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Parameter { get; set; } = [];

    /// <summary>Which files are de-identified, in the language of CTP's filters: Modality.equals("CT") * !Rows.isLessThan("64"). The name of a file that has it, or the filter itself. Other files give no output.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    /// <summary>Reads and runs scripts exactly as CTP does. With -Script, the script alone decides, and what it leaves stays: each identifier that is left is the finding IdentifierLeft, which the reviewer
    /// has to accept. With -PixelScript, regions are one column wider and one row higher. Filters that cannot be read match nothing, instead of being an error.</summary>
    [Parameter]
    public SwitchParameter Exact { get; set; }

    /// <summary>Words that are harmless in a copy although a patient, a physician or an institution is called so, such as CHEST. Without it, a copy in which the patient's
    /// name is left as a word is deleted, and the file is the error IdentifierLeft.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AllowWord { get; set; } = [];

    /// <summary>Writes a study again that is in the destination already, also if it was made with another profile, key or version. Regions that were burned into it are
    /// not erased in the new copy unless they are planned; that is a warning and a finding.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        if (Project is null)
        {
            keyBytes = KeyOf(null);
            ChooseProfile();
        }
        else
        {
            OpenProject(Project);
        }

        ReadFiles();
        destination = ResolveFolder(Destination);
        base.BeginProcessing();
    }

    /// <summary>De-identifies what was fetched for this alone before the next is fetched, so that no more than one study lies there identified.</summary>
    private protected override bool Take(DicomStudy study)
    {
        var isTransient = study.InstanceCount > 0 && study.Series.All(s => s.Instances.All(i => i.IsTransient));
        if (isTransient)
        {
            Deidentify([study], isLast: false);
        }

        return isTransient;
    }

    private void ChooseProfile()
    {
        try
        {
            var isBasic = ProfileName.Equals("Basic", StringComparison.OrdinalIgnoreCase);
            var isChosen = MyInvocation.BoundParameters.ContainsKey(nameof(ProfileName)) || Option.Length > 0;
            profile = (Script is not null && !isChosen ? DeidentificationProfile.ForScripts
                : isBasic ? DeidentificationProfile.Basic : DeidentificationProfile.Pacsbin).With(Option.Aggregate(ProfileOptions.None, static (all, one) => all | one));
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, "-Option", "Take -ProfileName Basic, or leave one of the two options out."));
        }
    }

    /// <summary>Takes what the project says; saying it again, or otherwise, would make two kinds of studies in one project.</summary>
    private void OpenProject(string path)
    {
        foreach (var parameter in new[] { nameof(ProfileName), nameof(Option), nameof(PixelScript), nameof(AllowWord) }.Where(MyInvocation.BoundParameters.ContainsKey))
        {
            Refuse($"-{parameter}", $"The project says what -{parameter} would: leave it out, or see Set-PacsbinProject and New-PacsbinProject.");
        }

        try
        {
            project = Projects.Project.Open(SourcePaths.Resolve(this, path), KeyOf);
            profile = DeidentificationProfile.Of(project.Settings);
            PixelScript = project.Settings.PixelScript;
            AllowWord = [.. project.Settings.AllowedWords];
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, path));
        }
    }

    private byte[]? KeyOf(string? projectId)
    {
        try
        {
            return Key is null ? null : SecretKey.BytesOf(Key, projectId);
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, "-Key"));
            throw;
        }
    }

    private void ReadFiles()
    {
        if (Exact && Script is null && PixelScript is null)
        {
            Refuse("-Exact", "-Exact says how a script is read and run: it needs -Script or -PixelScript.");
        }

        foreach (var parameter in new[] { nameof(LookupTable), nameof(Parameter) }.Where(p => Script is null && MyInvocation.BoundParameters.ContainsKey(p)))
        {
            Refuse($"-{parameter}", $"-{parameter} is for a script: it needs -Script.");
        }

        files = new RunFiles(this, Exact);
        files.ReadDevices(PixelScript);
        files.ReadScript(Script, Parameter);
        files.ReadLookupTable(LookupTable);
        files.ReadFilter(Filter);
        if (files.Script is { HashesGuessable: true } && Key is null && Project is null)
        {
            WriteWarning($"{ErrorRecords.Printable(Script!)} hashes numbers, names or dates without a key, as CTP does: who counts through patient numbers finds the one that was hashed. Use -Key or -Project.");
        }
    }

    protected override void EndProcessing()
    {
        Deidentify(AreStudiesGiven ? StudyMerge.Merge(Sources(FindStudies(), IsInDestination)) : Sources(FindStudies(includeDirectories: true), IsInWorkspace), isLast: true);
    }

    private void Deidentify(IReadOnlyList<DicomStudy> studies, bool isLast)
    {
        var wanted = studies.Where(s => s.InstanceCount > 0 && ShouldProcess(Describe(s), $"De-identify into {destination}")).ToList();
        try
        {
            if (wanted.Count > 0 || (isLast && run is not null))
            {
                RunApart(pump => Deidentify(wanted, isLast, pump));
            }
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, Project ?? Destination));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (running.TryEnter())
        {
            Close();
            running.Exit();
        }
        else
        {
            // A command that is stopped is disposed while its work still ends, and a zeroed key is another key.
            Task.Run(() =>
            {
                lock (running)
                {
                    Close();
                }
            });
        }

        base.Dispose(disposing);
    }

    private void Close()
    {
        run?.Dispose();
        project?.Dispose();
        CryptographicOperations.ZeroMemory(keyBytes);
    }

    private List<DicomStudy> Sources(IReadOnlyList<DicomStudy> studies, Predicate<DicomStudy> isDone)
    {
        var sources = studies.Where(s => !isDone(s)).ToList();
        if (sources.Count < studies.Count)
        {
            WriteWarning($"Left out {studies.Count - sources.Count} studies that are in a workspace already.");
        }

        return sources;
    }

    private void Deidentify(List<DicomStudy> studies, bool isLast, PipelinePump pump)
    {
        lock (running)
        {
            pump.Cancellation.ThrowIfCancellationRequested();
            rejected = (path, error) => PostError(pump, path, error);
            run ??= new DeidentificationRun(profile, destination, keyBytes, project)
            {
                ThrottleLimit = ThrottleLimit,
                Force = Force,
                Devices = files.Devices,
                Script = files.Script,
                LookupTable = files.LookupTable,
                Filter = files.Filter,
                AllowedWords = AllowWord,
                IsContinued = true,
                Rejected = (path, error) => rejected(path, error),
            };
            if (studies.Count > 0)
            {
                run.Run(studies, study => pump.Post(() => WriteResult(study)), pump.Progress<RunProgress>(DescribeRun), pump.Cancellation);
            }

            if (isLast)
            {
                run.End();
            }
        }

        if (isLast && run.IsKeyKept)
        {
            pump.Post(() => WriteWarning("Studies wait for a rerun, and the random key with them, in Pacsbin/runs of your application data: run again within a week, or delete it there."));
        }
    }

    private void WriteResult(DicomStudy study)
    {
        if (study.Findings.Any(f => f.Kind == FindingKind.RedactionUndone))
        {
            WriteWarning($"{ErrorRecords.Printable(study.Path)}: the copy that was replaced had regions burned in that are not erased any more.");
        }

        if (study.Findings.Any(f => f.Kind == FindingKind.RedactionMissing))
        {
            WriteWarning($"{ErrorRecords.Printable(study.Path)}: regions were burned into the study's other files, and not into those that have joined it.");
        }

        var result = new PSObject(study);
        result.TypeNames.Insert(0, ResultTypeName);
        WriteObject(result);
    }

    private static bool IsInWorkspace(DicomStudy study) => study.IsInWorkspace;

    private bool IsInDestination(DicomStudy study) =>
        IsInWorkspace(study) && System.IO.Path.GetDirectoryName(study.Path) == System.IO.Path.TrimEndingDirectorySeparator(destination);

    private static ProgressRecord DescribeRun(RunProgress progress) =>
        new(2, "De-identifying", $"{progress.Files} of {progress.TotalFiles} files, {progress.Bytes >> 20} MiB read")
        {
            PercentComplete = (int)(100L * progress.Files / Math.Max(1, progress.TotalFiles)),
        };
}
