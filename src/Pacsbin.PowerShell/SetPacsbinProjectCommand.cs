using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Changes a project's name, archive, retention or allowed words.</summary>
/// <remarks>
/// <para>What pseudonyms and copies depend on cannot be changed: profile, options, pixel script, UID policy and key. Studies that are there would not be equal to those
/// that come. Make another project instead.</para>
/// </remarks>
/// <example>
///   <code>Set-PacsbinProject -Path ./trial -Name 'Knee trial' -RetentionDays 730</code>
///   Changes a project's name and retention.
/// </example>
/// <example>
///   <code>
///   $words = (Get-PacsbinProject -Path ./trial).AllowWord
///   Set-PacsbinProject -Path ./trial -AllowWord ($words + 'CHEST')
///   </code>
///   Adds a word that is no leak.
/// </example>
/// <example>
///   <code>Get-PacsbinProject -Path ./projects | Set-PacsbinProject -Archive $null</code>
///   Takes the archive away from all projects in a folder.
/// </example>
/// <seealso cref="GetPacsbinProjectCommand"/>
/// <seealso cref="NewPacsbinProjectCommand"/>
[Cmdlet(VerbsCommon.Set, "PacsbinProject", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinProject))]
public sealed class SetPacsbinProjectCommand : ProjectCmdlet
{
    /// <summary>The project's folder. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What a person calls the project: up to 64 characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The name of the archive that approved studies go to; $null for none.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? Archive { get; set; }

    /// <summary>For how many days studies are kept in a workspace; $null for no limit.</summary>
    [Parameter]
    [AllowNull]
    public int? RetentionDays { get; set; }

    /// <summary>All words that may be in a copy although a patient's name or another identifier has them; @() for none. They stand in project.json in clear.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public string[]? AllowWord { get; set; }

    protected override void ProcessRecord()
    {
        string[] changed = [.. new[] { nameof(Name), nameof(Archive), nameof(RetentionDays), nameof(AllowWord) }.Where(MyInvocation.BoundParameters.ContainsKey)];
        if (changed.Length == 0)
        {
            Refuse("-Name", "Give at least one of -Name, -Archive, -RetentionDays and -AllowWord: nothing else of a project can be changed.");
        }

        try
        {
            var folder = SourcePaths.Resolve(this, Path);
            var settings = Apply(ProjectSettings.Read(folder));
            if (settings.Problem() is { } problem)
            {
                WriteError(new ErrorRecord(new PSArgumentException(problem), "InvalidArgument", ErrorCategory.InvalidArgument, Path));
            }
            else if (ShouldProcess(folder, $"Change {string.Join(", ", changed)}"))
            {
                Project.Change(folder, Apply);
                WriteObject(PacsbinProject.Of(Project.Inspect(folder)));
            }
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, Path));
        }
    }

    private ProjectSettings Apply(ProjectSettings old)
    {
        var given = MyInvocation.BoundParameters;
        return old with
        {
            Name = Name ?? old.Name,
            Archive = given.ContainsKey(nameof(Archive)) ? (string.IsNullOrEmpty(Archive) ? null : Archive) : old.Archive,
            RetentionDays = given.ContainsKey(nameof(RetentionDays)) ? RetentionDays : old.RetentionDays,
            AllowedWords = given.ContainsKey(nameof(AllowWord)) ? [.. (AllowWord ?? []).Distinct(StringComparer.Ordinal)] : old.AllowedWords,
        };
    }
}
