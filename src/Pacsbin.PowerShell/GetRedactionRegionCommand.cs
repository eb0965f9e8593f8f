using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Lists the regions that are planned for studies, or burned into them.</summary>
/// <remarks>
/// <para>For a source study these are the regions that Add-RedactionRegion has planned; for a study in a workspace those that study.json says are burned in, file by file,
/// with the signature of the device library that a file matched.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Get-RedactionRegion | Group-Object -Property Device</code>
///   Counts the regions of a workspace by the device that they were erased for.
/// </example>
/// <example>
///   <code>$studies | Get-RedactionRegion | Where-Object IsBurnedIn -eq $false</code>
///   Lists what is planned for the studies of a variable and not yet erased.
/// </example>
/// <example>
///   <code>Get-RedactionRegion -Study $first | Add-RedactionRegion -Study $second</code>
///   Plans the same regions, with their shapes and frames, for another study from the same device.
/// </example>
/// <seealso cref="AddRedactionRegionCommand"/>
/// <seealso cref="RemoveRedactionRegionCommand"/>
[Cmdlet(VerbsCommon.Get, "RedactionRegion", DefaultParameterSetName = "Study")]
[OutputType(typeof(StudyRegion))]
public sealed class GetRedactionRegionCommand : StudyInputCmdlet
{
    protected override void EndProcessing()
    {
        foreach (var study in FindStudies())
        {
            foreach (var region in study.PlannedRegions)
            {
                WriteObject(StudyRegion.Of(study.StudyInstanceUid, region, null, isBurnedIn: false, null));
            }

            if (study.IsInWorkspace)
            {
                WriteBurnedIn(study);
            }
        }
    }

    private void WriteBurnedIn(DicomStudy study)
    {
        try
        {
            foreach (var file in Manifest.Read(study.Path)?.Files ?? [])
            {
                foreach (var region in file.Regions ?? [])
                {
                    WriteObject(StudyRegion.Of(study.StudyInstanceUid, region, System.IO.Path.GetFileNameWithoutExtension(file.Name), isBurnedIn: true, file.Device));
                }
            }
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, study.Path));
        }
    }
}
