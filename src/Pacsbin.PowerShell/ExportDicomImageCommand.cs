using System.Management.Automation;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Writes pictures of the images of DICOM studies as PNG or JPEG files.</summary>
/// <remarks>
/// <para>WARNING: A picture of a source study shows all that is burned into the image, such as the patient's name, and its file is named by the UID of the
/// source. Such pictures are for your own eyes: do not give them away. The header's other attributes go neither into a picture nor into its name. No
/// picture is written into the folder of a de-identified study, and none of a source study into a workspace.</para>
/// <para>Each file with pixel data becomes one picture, named by its SOP Instance UID. Of a file with several frames it is the frame in the middle, unless
/// -Frame or -AllFrames says otherwise, and a warning says how many loops were shown like that; the frame's number is in the name. Files without pixel
/// data, such as reports, are skipped; -Verbose says how many.</para>
/// <para>A contact sheet is an overview and never a review: it shows one frame of one image of each series, made small. Text in any other image or frame is
/// not on it.</para>
/// <para>Gray images are shown as their header says: Modality LUT, then VOI LUT or the first window; if there is neither, or if nothing at all would show, from
/// the darkest to the brightest pixel of the frame. -WindowCenter and -WindowWidth choose something else. Overlays are not drawn.</para>
/// <para>Text whose values are outside of the window, such as dark gray on black, is invisible in such a picture, but not in the file. -FullRange shows the
/// frame from its darkest to its brightest pixel, whatever the header says: look at both before you give images away. A window hides something of nearly every
/// image, lung or bone for instance, which alone is no reason for a warning. There is one, after the run, if pictures of up to 16 bits hide what is drawn with
/// one value on a ground of one value, as letters are; letters with soft edges, or on a moving ground, it may miss. Where a few pixels are very bright, dark
/// text is faint with -FullRange too: then choose a window for the dark values.</para>
/// <para>Without -Width and -Height, a pixel of the picture is a pixel of the image, so that regions can be measured on it. With one of them, pixels that are
/// not square are stretched.</para>
/// <para>A file that cannot be decoded is one error that names it, and the run goes on. A picture appears when it is whole. A picture that is there already
/// is an error, and stays as it is, unless -Force is given.</para>
/// </remarks>
/// <example>
///   <code>Export-DicomImage -Path ./for-research -Destination ./pictures</code>
///   Writes a PNG picture of each image of a workspace, and of each loop the frame in the middle.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./from-pacs -Modality US | Export-DicomImage -Destination ./to-review -ContactSheet</code>
///   Writes a sheet for each ultrasound study, with the image in the middle of each series.
/// </example>
/// <example>
///   <code>Export-DicomImage -Path ./ct -Destination ./lung -WindowCenter -600 -WindowWidth 1500 -Width 256 -Format Jpeg -Quality 80</code>
///   Writes small JPEG pictures of CT images in a lung window.
/// </example>
/// <example>
///   <code>Export-DicomImage -LiteralPath './scans [2024]/loop.dcm' -Destination ./frames -Frame 1, 10, 20 -Height 480 -Force</code>
///   Writes three frames of a loop, 480 pixels high, and replaces pictures of them that are there already.
/// </example>
/// <example>
///   <code>Export-DicomImage -Path ./ct -Destination ./all-values -FullRange -AllFrames</code>
///   Writes a picture of every frame in which no gray value is hidden by a window.
/// </example>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsData.Export, "DicomImage", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportDicomImageCommand : StudyInputCmdlet
{
    private string destination = "";

    /// <summary>The folder for the pictures. It is made if it does not exist. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The format of the files. Jpeg loses detail, Png does not.</summary>
    [Parameter]
    [PSDefaultValue(Value = PictureFormat.Png)]
    public PictureFormat Format { get; set; }

    /// <summary>The quality of JPEG files, from 1 to 100.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    [PSDefaultValue(Value = 90)]
    public int Quality { get; set; } = 90;

    /// <summary>Frames, counted from 1 as in DICOM. A file that lacks one of them is an error. Without this parameter it is the frame in the middle.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Frame { get; set; }

    /// <summary>Exports all frames.</summary>
    [Parameter]
    public SwitchParameter AllFrames { get; set; }

    /// <summary>The columns of a picture; of an image on a contact sheet, where it is 256 unless it is given. Together with -Height, the picture fits into both.</summary>
    [Parameter]
    [ValidateRange(1, PictureOptions.LargestSide)]
    public int? Width { get; set; }

    /// <summary>The rows of a picture; of an image on a contact sheet.</summary>
    [Parameter]
    [ValidateRange(1, PictureOptions.LargestSide)]
    public int? Height { get; set; }

    /// <summary>The center of the window for gray images, in values after rescaling, such as Hounsfield units. It needs -WindowWidth.</summary>
    [Parameter]
    public double? WindowCenter { get; set; }

    /// <summary>The width of the window, above 0. It needs -WindowCenter.</summary>
    [Parameter]
    public double? WindowWidth { get; set; }

    /// <summary>Shows gray images from the darkest to the brightest pixel of each frame, whatever windows and lookup tables they have. Not together with -WindowCenter and -WindowWidth.</summary>
    [Parameter]
    public SwitchParameter FullRange { get; set; }

    /// <summary>Writes one picture for each study, an overview: of each series the image in the middle, labelled with modality, series number, how many images there are, and the frames of the one shown.</summary>
    [Parameter]
    public SwitchParameter ContactSheet { get; set; }

    /// <summary>Outlines in yellow the regions that Add-RedactionRegion has planned for the images, or that are burned into them. One with -Outside is outlined in red, and what it erases, all outside of it, is dimmed and hatched.</summary>
    [Parameter]
    public SwitchParameter ShowRegions { get; set; }

    /// <summary>Replaces pictures that are in the destination already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireWindow();
        if ((Frame is not null && AllFrames) || (ContactSheet && (Frame is not null || AllFrames)))
        {
            Refuse("-Frame", "Of -Frame, -AllFrames and -ContactSheet only one can be given.");
        }

        destination = ResolveFolder(Destination);
    }

    protected override void EndProcessing()
    {
        var wanted = FindStudies().Distinct()
            .Where(s => s.InstanceCount > 0 && ShouldProcess(Describe(s), $"Export pictures to {destination}"))
            .ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var regions = ShowRegions ? wanted.ToDictionary(s => s, RegionsOf) : [];
        var export = new PictureExport(destination)
        {
            Picture = new PictureOptions { Format = Format, Quality = Quality, Width = Width, Height = Height },
            Render = new RenderOptions { WindowCenter = WindowCenter, WindowWidth = WindowWidth, FullRange = FullRange },
            Frames = Frame,
            AllFrames = AllFrames,
            AsContactSheet = ContactSheet,
            Force = Force,
            ThrottleLimit = ThrottleLimit,
            RegionsOf = study => regions.GetValueOrDefault(study, []),
        };
        try
        {
            RunApart(pump => export.Run(
                wanted,
                path => pump.Post(() => WriteObject(new FileInfo(path))),
                (path, error) => PostError(pump, path, error),
                pump.Progress<PictureProgress>(DescribeExport),
                pump.Cancellation));
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, destination));
        }

        Warn(export);
        if (export.WithoutPixels > 0)
        {
            WriteVerbose($"Skipped {export.WithoutPixels} files without pixel data.");
        }
    }

    private void Warn(PictureExport export)
    {
        if (export.ShortenedLoops is var loops and > 0)
        {
            WriteWarning(loops == 1 ? "Showed one frame of a loop; -AllFrames shows all." : $"Showed one frame of each of {loops} loops; -AllFrames shows all.");
        }

        if (export.HidingPictures is var pictures and > 0)
        {
            WriteWarning($"{(pictures == 1 ? "1 picture hides" : $"{pictures} pictures hide")} shapes whose values are outside of the window: they may be text. Look with -FullRange too.");
        }
    }

    /// <summary>What is planned for a study, and what is burned into it.</summary>
    private IReadOnlyList<RedactionRegion> RegionsOf(DicomStudy study)
    {
        try
        {
            return !study.IsInWorkspace ? study.PlannedRegions : [.. Manifest.Read(study.Path)?.BurnedRegions ?? []];
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, study.Path));
            return [];
        }
    }

    private void RequireWindow()
    {
        if (WindowCenter is null != WindowWidth is null)
        {
            Refuse("-WindowWidth", "-WindowCenter and -WindowWidth need each other.");
        }

        if (WindowWidth is { } width && !(width > 0 && double.IsFinite(width) && double.IsFinite(WindowCenter!.Value)))
        {
            Refuse("-WindowWidth", "A window needs a number as its center and a width above 0.");
        }

        if (FullRange && WindowWidth is not null)
        {
            Refuse("-FullRange", "-FullRange is for seeing all values: it has no -WindowCenter and -WindowWidth.");
        }
    }

    private static ProgressRecord DescribeExport(PictureProgress progress) =>
        new(3, "Exporting pictures", $"{progress.Files} of {progress.TotalFiles} {(progress.TotalFiles == 1 ? "item" : "items")}, {progress.Pictures} pictures")
        {
            PercentComplete = (int)(100L * progress.Files / Math.Max(1, progress.TotalFiles)),
        };
}
