using System.Management.Automation;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Erases rectangles or ellipses from the pixels of studies.</summary>
/// <remarks>
/// <para>On a source study the regions are planned: they ride along with the study, and <see cref="InvokePacsbinAnonymizeCommand"/> erases them in the copy that it
/// writes. On a study in a workspace they are burned in at once: either all images that are meant are erased, or, if one of them cannot be, none. Its State goes
/// back to Deidentified, because nobody has reviewed the new pixels, and study.json records the regions. SOP Instance UIDs stay. The same run of Invoke-PacsbinAnonymize
/// leaves such a study as it is; with -Force it writes it again from the source, and what was burned in is back.</para>
/// <para>With -Study given by name, regions can be piped: text 'x,y,width,height', or objects with X, Y, Width and Height, and perhaps SeriesInstanceUid, SopInstanceUid, Frame,
/// Shape, Outside and Clip. What an object does not say, the parameters do. With -WhatIf, or if it is declined, a study does not go on down the pipeline.</para>
/// <para>Regions are counted in image pixels from 0 at the left and top; a region of width 10 at X 0 erases the columns 0 to 9. Erased pixels get the darkest value that
/// the image can show. Several regions add up, those with -Outside too.</para>
/// <para>Uncompressed, RLE and deflated pixels are erased exactly. In baseline and extended JPEG of 8 bits the blocks that touch a region are erased, and all other
/// blocks stay as they are. Other JPEG, lossless included, is decoded and written uncompressed. JPEG-LS, JPEG 2000, JPEG XL and video are refused: no copy is written.</para>
/// </remarks>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./from-pacs -Modality US |
///       Add-RedactionRegion -Region '0,0,800,60' -Clip |
///       Invoke-PacsbinAnonymize -Destination ./for-teaching
///   </code>
///   De-identifies ultrasound studies and erases the top 60 rows of all images, of those that are narrower than 800 pixels as far as they go.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Add-RedactionRegion -X -200 -Y 0 -Width 200 -Height 40 -SeriesInstanceUid 2.25.123</code>
///   Burns a region at the top right corner into one series of a workspace.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Add-RedactionRegion -Region '120,40,560,520' -Shape Ellipse -Outside -Frame 1-30 -WhatIf</code>
///   Shows what would be erased if everything outside of an ellipse went from the first 30 frames.
/// </example>
/// <example>
///   <code>
///   $study = Get-DicomStudy -Path ./for-teaching
///   Find-BurnedInText -Study $study | Where-Object Score -ge 0.8 |
///       Add-RedactionRegion -Study $study
///   </code>
///   Burns in what a search proposed, after a person has looked at the list.
/// </example>
/// <seealso cref="GetRedactionRegionCommand"/>
/// <seealso cref="RemoveRedactionRegionCommand"/>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
[Cmdlet(VerbsCommon.Add, "RedactionRegion", DefaultParameterSetName = "Study", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class AddRedactionRegionCommand : StudyInputCmdlet
{
    private const int MostNamed = 5;

    private readonly HashSet<RedactionRegion> regions = [];
    private RedactionRegion template = new(0, 0, 1, 1);

    /// <summary>Studies from Get-DicomStudy or Invoke-PacsbinAnonymize. Given by name, it says whose images the piped regions are meant for.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Study")]
    [Parameter(Mandatory = true, ParameterSetName = "Region")]
    [ValidateNotNull]
    public override DicomStudy[] Study { get; set; } = [];

    /// <summary>Regions: objects with X, Y, Width and Height, as Find-BurnedInText and Get-RedactionRegion give them, or text 'x,y,width,height'.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Region")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>One or several regions, each as 'x,y,width,height'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Region { get; set; } = [];

    /// <summary>The first column of a region, from 0 at the left; a negative one counts from the right edge.</summary>
    [Parameter]
    public int? X { get; set; }

    /// <summary>The first row of a region, from 0 at the top; a negative one counts from the bottom.</summary>
    [Parameter]
    public int? Y { get; set; }

    /// <summary>The columns of a region.</summary>
    [Parameter]
    public int? Width { get; set; }

    /// <summary>The rows of a region.</summary>
    [Parameter]
    public int? Height { get; set; }

    // No validation by attributes: an object of the pipeline that fails it would be left out, and the study would go on without its region.

    /// <summary>Only images of this series. Without it, of all.</summary>
    [Parameter]
    public string? SeriesInstanceUid { get; set; }

    /// <summary>Only this image. Without it, all.</summary>
    [Parameter]
    public string? SopInstanceUid { get; set; }

    /// <summary>Only this frame, such as 5, or these, such as 5-20; the first is 1. Without it, all.</summary>
    [Parameter]
    public string? Frame { get; set; }

    /// <summary>The form of the region: the rectangle, or the ellipse that fits into it.</summary>
    [Parameter]
    [PSDefaultValue(Value = "Rectangle")]
    public RegionShape Shape { get; set; }

    /// <summary>Erases everything outside of the region and keeps the inside, such as the fan of an ultrasound image.</summary>
    [Parameter]
    public SwitchParameter Outside { get; set; }

    /// <summary>Erases of a region what is within the image. Without it, a region that reaches beyond an image is an error.</summary>
    [Parameter]
    public SwitchParameter Clip { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            ReadParameters();
        }
        catch (FormatException e)
        {
            Refuse("-Region", e.Message);
        }

        // Regions may all come through the pipeline, and then it may turn out that there are none.
        if (regions.Count == 0 && !(MyInvocation.ExpectingInput && MyInvocation.BoundParameters.ContainsKey(nameof(Study))))
        {
            Refuse("-Region", "A region needs -X, -Y, -Width and -Height, or -Region 'x,y,width,height'.");
        }
    }

    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        if (InputObject is null)
        {
            return;
        }

        try
        {
            regions.Add(RegionInput.Read(InputObject, template));
        }
        catch (FormatException e)
        {
            Refuse("the pipeline's object", e.Message);
        }
    }

    protected override void EndProcessing()
    {
        var studies = FindStudies();

        // Each study gets its own: what it is made with must not depend on which others come along.
        var meant = studies.Select(s => s.RegionsMeant(regions)).ToList();
        RequireMatches(meant);
        foreach (var (study, own) in studies.Zip(meant))
        {
            if (own.Count == 0 || (!study.IsInWorkspace ? Plan(study, own) : Burn(study, own)))
            {
                WriteObject(study);
            }
        }
    }

    private void ReadParameters()
    {
        foreach (var name in (string[])[nameof(SeriesInstanceUid), nameof(SopInstanceUid), nameof(Frame)])
        {
            // A variable that happens to be empty must not erase all.
            if (MyInvocation.BoundParameters.TryGetValue(name, out var value) && string.IsNullOrEmpty(value as string))
            {
                throw new FormatException($"-{name} is empty. Without it, all are meant.");
            }
        }

        template = template with { Shape = Shape, Outside = Outside, Clip = Clip, SeriesInstanceUid = SeriesInstanceUid, SopInstanceUid = SopInstanceUid };
        template = Frame is null ? template : RegionInput.InFrames(template, Frame);
        if (X is { } x && Y is { } y && Width is { } width && Height is { } height)
        {
            regions.Add(width >= 1 && height >= 1
                ? template with { X = x, Y = y, Width = width, Height = height }
                : throw new FormatException("A region has at least one column and one row."));
        }
        else if (X is not null || Y is not null || Width is not null || Height is not null)
        {
            throw new FormatException("-X, -Y, -Width and -Height need each other.");
        }

        regions.UnionWith(Region.Select(text => RegionInput.Rectangle(text, template)));
    }

    /// <summary>A UID that no study has is a mistake that would leave text in the pixels.</summary>
    private void RequireMatches(List<IReadOnlyList<RedactionRegion>> meant)
    {
        if (meant.Count > 0 && regions.Except(meant.SelectMany(m => m)).FirstOrDefault() is { } unmatched)
        {
            ThrowTerminatingError(ErrorRecords.Of(
                new PacsbinException(PacsbinError.RegionOutsideImage, "None of the studies has the series or the image that the region is meant for."), unmatched.ToString()));
        }
    }

    private bool Plan(DicomStudy study, IReadOnlyList<RedactionRegion> own)
    {
        if (!ShouldProcess(Describe(study), $"Plan to erase {Describe(own)}"))
        {
            return false; // it would go on to be de-identified with the pixels that were to be erased
        }

        var fits = true;
        RunApart(pump => new RegionCheck(study, own)
        {
            Rejected = (path, error) =>
            {
                fits = false;
                PostError(pump, path, error);
            },
        }.Run(pump.Progress<int>(n => DescribeFiles(n, study)), pump.Cancellation));
        if (fits)
        {
            study.Plan(own);
        }

        return fits; // a study that is to be erased and cannot be does not go on to be de-identified
    }

    private bool Burn(DicomStudy study, IReadOnlyList<RedactionRegion> own)
    {
        if (!ShouldProcess(Describe(study), $"Erase {Describe(own)}"))
        {
            return false;
        }

        var isDone = false;
        try
        {
            RunApart(pump =>
            {
                var isRejected = false;
                var redaction = new StudyRedaction(study, own)
                {
                    ThrottleLimit = ThrottleLimit,
                    Rejected = (path, error) =>
                    {
                        isRejected = true;
                        PostError(pump, path, error);
                    },
                };
                var isChanged = redaction.Run(pump.Progress<int>(n => DescribeFiles(n, study)), pump.Cancellation);
                isDone = !isRejected;
                if (isRejected)
                {
                    pump.Post(() => WriteWarning($"{ErrorRecords.Printable(study.Path)}: nothing was erased, because not all images that are meant can be."));
                }
                else if (!isChanged)
                {
                    pump.Post(() => WriteWarning($"{ErrorRecords.Printable(study.Path)}: nothing was erased, because the images that are meant have no pixels there."));
                }
            });
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, study.Path));
        }

        return isDone;
    }

    private static string Describe(IReadOnlyList<RedactionRegion> regions) =>
        string.Join(" and ", regions.Take(MostNamed).Select(RegionInput.Describe)) + (regions.Count > MostNamed ? $" and {regions.Count - MostNamed} more" : "");

    private static ProgressRecord DescribeFiles(int done, DicomStudy study) =>
        new(3, "Erasing pixels", $"{done} of {study.InstanceCount} files") { PercentComplete = (int)(100L * done / Math.Max(1, study.InstanceCount)) };
}
