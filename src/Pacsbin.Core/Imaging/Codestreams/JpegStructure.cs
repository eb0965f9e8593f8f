namespace Pacsbin.Imaging.Codestreams;

/// <summary>Keeps to the order of segments of T.81 B.2 to B.3, as far as decoders depend on it.</summary>
internal struct JpegStructure
{
    private bool hasFrameHeader;
    private bool hasScan;
    private bool isHierarchical;
    private bool hasJpegLsParameters;

    /// <summary>Whether the frame header is JPEG-LS's, which stuffs bits and not bytes.</summary>
    public bool IsJpegLs { get; private set; }

    public void Add(byte marker, int position)
    {
        var fits = marker switch
        {
            JpegMarker.DefineHierarchicalProgression => !hasFrameHeader && !isHierarchical,
            JpegMarker.ExpandReferenceComponents => isHierarchical,
            JpegMarker.DefineNumberOfLines => hasScan,
            JpegMarker.StartOfScan => hasFrameHeader,
            _ => true,
        };
        if (JpegMarker.IsStartOfFrame(marker))
        {
            // Only hierarchical images have several frames (T.81 B.3), and JPEG-LS has no such mode.
            var jpegLs = marker == JpegMarker.StartOfFrameJpegLs;
            fits = (!hasFrameHeader || isHierarchical) && !(jpegLs && isHierarchical);
            hasFrameHeader = true;
            IsJpegLs = jpegLs;
        }

        hasScan |= marker == JpegMarker.StartOfScan;
        isHierarchical |= marker == JpegMarker.DefineHierarchicalProgression;
        hasJpegLsParameters |= marker == JpegMarker.JpegLsParameters;
        if (!fits || (hasJpegLsParameters && hasFrameHeader && !IsJpegLs))
        {
            throw FrameError.Malformed("A JPEG segment is out of order", position);
        }
    }

    public readonly void RequireScan(int position)
    {
        if (!hasScan)
        {
            throw FrameError.Malformed("The JPEG frame ends before its first scan", position);
        }
    }
}
