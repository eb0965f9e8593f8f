using System.Management.Automation;
using Pacsbin.Imaging.Text;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Proposes where text is burned into the pixels of studies.</summary>
/// <remarks>
/// <para>Looks for what burned-in text is: crisp, of even brightness, in rows of letters of one height. It looks at up to eight frames of a loop, the first and the last among them,
/// as they are displayed and, in gray images, also at the values that the display hides. Each proposal is a rectangle
/// with a score from 0 to 1. Nothing is changed: a person decides, and gives to Add-RedactionRegion what is to be erased.</para>
/// <para>Overlays are not looked at: what they draw is not in the pixels. A search can miss text, above all handwriting, very small or very large letters, and text on a background as bright as itself. It is no substitute for looking at
/// the images; Export-DicomImage -ContactSheet helps with that.</para>
/// <para>If tesseract is on the PATH, it reads what looks like text, on this machine, and the scores get better. What it read is only shown with -IncludeText.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Find-BurnedInText</code>
///   Lists the rectangles of a workspace that may hold text.
/// </example>
/// <example>
///   <code>
///   $study = Get-DicomStudy -Path ./from-pacs -AccessionNumber A123
///   Find-BurnedInText -Study $study -MinimumScore 0.8 |
///       Add-RedactionRegion -Study $study |
///       Invoke-PacsbinAnonymize -Destination ./for-teaching
///   </code>
///   De-identifies a study and erases what surely looks like text. The result still waits for a person's review.
/// </example>
/// <example>
///   <code>Find-BurnedInText -Path ./from-pacs -IncludeText | Where-Object Text -match 'DOE'</code>
///   Lists where a name is read. The output holds what identifies patients.
/// </example>
/// <seealso cref="AddRedactionRegionCommand"/>
/// <seealso cref="ExportDicomImageCommand"/>
[Cmdlet(VerbsCommon.Find, "BurnedInText", DefaultParameterSetName = "Path")]
[OutputType(typeof(BurnedInText))]
public sealed class FindBurnedInTextCommand : StudyInputCmdlet
{
    /// <summary>Leaves out proposals with a lower score.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double MinimumScore { get; set; }

    /// <summary>Shows the text that was read. It may identify the patient, and needs tesseract on the PATH.</summary>
    [Parameter]
    public SwitchParameter IncludeText { get; set; }

    protected override void EndProcessing()
    {
        var studies = FindStudies();
        var reader = Tesseract.Find();
        if (IncludeText && reader is null)
        {
            WriteWarning("tesseract is not on the PATH: no text is read.");
        }

        var total = studies.Sum(s => s.InstanceCount);
        RunApart(pump => new BurnedInTextSearch
        {
            MinimumScore = MinimumScore,
            Reader = reader,
            IncludeText = IncludeText,
            ThrottleLimit = ThrottleLimit,
            Rejected = (path, error) => PostError(pump, path, error),
        }.Run(studies, found => pump.Post(() => WriteObject(found, enumerateCollection: true)), pump.Progress<int>(done => Describe(done, total)), pump.Cancellation));
    }

    private static ProgressRecord Describe(int done, int total) =>
        new(4, "Looking for text in pixels", $"{done} of {total} files") { PercentComplete = (int)(100L * done / Math.Max(1, total)) };
}
