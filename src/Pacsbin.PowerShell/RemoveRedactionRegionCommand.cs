using System.Management.Automation;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Takes back regions that are planned for source studies.</summary>
/// <remarks>
/// <para>Regions that are burned into a study of a workspace cannot be taken back: the pixels are gone. De-identify its source again with Invoke-PacsbinAnonymize -Force.</para>
/// </remarks>
/// <example>
///   <code>$studies | Remove-RedactionRegion -Region '0,0,800,60'</code>
///   Takes one region back from all studies of a variable.
/// </example>
/// <example>
///   <code>$studies | Remove-RedactionRegion -WhatIf</code>
///   Shows which regions would be taken back.
/// </example>
/// <example>
///   <code>$studies | Remove-RedactionRegion | Add-RedactionRegion -Region '0,0,800,40' | Invoke-PacsbinAnonymize -Destination ./for-teaching</code>
///   Replaces all planned regions by another one.
/// </example>
/// <seealso cref="AddRedactionRegionCommand"/>
/// <seealso cref="GetRedactionRegionCommand"/>
[Cmdlet(VerbsCommon.Remove, "RedactionRegion", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class RemoveRedactionRegionCommand : PSCmdlet
{
    private readonly HashSet<string> rectangles = new(StringComparer.Ordinal);

    /// <summary>Studies from Get-DicomStudy or Add-RedactionRegion.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DicomStudy[] Study { get; set; } = [];

    /// <summary>Only regions with one of these rectangles, each as 'x,y,width,height'. Without it, all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Region { get; set; }

    protected override void BeginProcessing()
    {
        foreach (var text in Region ?? [])
        {
            if (!RedactionRegion.TryParse(text, out var region))
            {
                var reason = new PSArgumentException("Expected four whole numbers, 'x,y,width,height', of which the last two are positive.");
                ThrowTerminatingError(new ErrorRecord(reason, "InvalidArgument", ErrorCategory.InvalidArgument, "-Region"));
            }

            rectangles.Add(region!.ToString());
        }
    }

    protected override void ProcessRecord()
    {
        foreach (var study in Study)
        {
            if (study.IsInWorkspace)
            {
                WriteError(ErrorRecords.Of(
                    new PacsbinException(PacsbinError.DestinationExists, "What is burned into a study of a workspace cannot be taken back."), study.Path));
                continue;
            }

            foreach (var region in study.PlannedRegions.Where(IsMeant).ToList())
            {
                if (ShouldProcess(study.Path, $"Take back region {region}"))
                {
                    study.Unplan(r => r == region);
                }
            }

            WriteObject(study);
        }
    }

    private bool IsMeant(RedactionRegion region) => Region is null || rectangles.Contains(region.ToString());
}
