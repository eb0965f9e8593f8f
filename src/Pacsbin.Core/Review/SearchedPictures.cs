using System.Buffers;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;

namespace Pacsbin.Review;

/// <summary>The pictures of an image that are searched for text: some of its frames, as they are displayed and with all of their values.</summary>
internal sealed class SearchedPictures : IDisposable
{
    /// <summary>The frames of a loop that are looked at, spread over it, the first and the last among them: a scanner writes into all of them.</summary>
    private const int FramesPerImage = 8;

    /// <summary>The most proposals of an image that are read, the most certain first.</summary>
    private const int ReadProposals = 50;

    /// <summary>How long an image's proposals are read.</summary>
    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(30);

    private readonly FrameRenderer renderer;
    private readonly WholeRange? wholeRange;
    private readonly List<(int Frame, bool IsWhole)> pictures = [];
    private readonly byte[] shownBuffer;
    private readonly byte[] wholeBuffer;
    private readonly int pixels;

    public SearchedPictures(DicomFile file, FrameRenderer renderer)
    {
        this.renderer = renderer;
        wholeRange = renderer.IsColor ? null : WholeRange.Open(file);
        pixels = renderer.Rows * renderer.Columns;
        shownBuffer = ArrayPool<byte>.Shared.Rent(pixels);
        wholeBuffer = wholeRange is null ? [] : ArrayPool<byte>.Shared.Rent(pixels);
    }

    private Span<byte> Shown => shownBuffer.AsSpan(0, pixels);

    private Span<byte> Whole => wholeBuffer.AsSpan(0, pixels);

    /// <summary>The places of all pictures that look like text, each once.</summary>
    public IReadOnlyList<TextProposal> Find(TextDetector detector, CancellationToken cancellationToken)
    {
        var shown = new FrameTextDetector(detector, renderer.Rows, renderer.Columns);
        FrameTextDetector? whole = null;
        List<(int Frame, bool IsWhole)> wholePictures = [];
        var count = Math.Min(FramesPerImage, renderer.Frames);
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frame = (int)((long)i * (renderer.Frames - 1) / Math.Max(1, count - 1));
            renderer.RenderGray(frame, Shown);
            shown.Add(Shown, cancellationToken);
            pictures.Add((frame, false));
            if (wholeRange?.TryRender(frame, Shown, Whole) == true)
            {
                whole ??= new FrameTextDetector(detector, renderer.Rows, renderer.Columns);
                whole.Add(Whole, cancellationToken);
                wholePictures.Add((frame, true));
            }
        }

        pictures.AddRange(wholePictures);
        var proposals = shown.Result(cancellationToken);
        return whole is null ? proposals
            : TextProposal.Join([proposals, [.. whole.Result(cancellationToken).Select(p => p with { Frame = count + p.Frame })]]);
    }

    /// <summary>Reads proposals, each in the picture that shows it best.</summary>
    public List<(TextProposal Proposal, string? Text)> Read(Tesseract reader, IReadOnlyList<TextProposal> proposals, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadingTime);
        List<(TextProposal Proposal, string? Text)> result = [.. proposals.Skip(ReadProposals).Select(p => (p, default(string)))];
        foreach (var picture in proposals.Take(ReadProposals).GroupBy(p => p.Frame))
        {
            var gray = limit.IsCancellationRequested ? default : Render(picture.Key);
            foreach (var proposal in picture)
            {
                var text = limit.IsCancellationRequested ? null : Read(reader, gray, proposal.Area, limit.Token);
                cancellationToken.ThrowIfCancellationRequested();
                result.Add((proposal.WithReading(text), text));
            }
        }

        return result;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(shownBuffer, clearArray: true);
        ArrayPool<byte>.Shared.Return(wholeBuffer, clearArray: true);
    }

    private ReadOnlySpan<byte> Render(int picture)
    {
        var (frame, isWhole) = pictures[picture];
        renderer.RenderGray(frame, Shown);
        return isWhole && wholeRange!.TryRender(frame, Shown, Whole) ? Whole : Shown;
    }

    private string? Read(Tesseract reader, ReadOnlySpan<byte> gray, PixelArea area, CancellationToken limit)
    {
        var crop = new byte[area.Width * area.Height];
        for (var y = 0; y < area.Height; y++)
        {
            gray.Slice(((area.Y + y) * renderer.Columns) + area.X, area.Width).CopyTo(crop.AsSpan(y * area.Width));
        }

        try
        {
            return reader.Read(crop, area.Height, area.Width, limit);
        }
        catch (OperationCanceledException)
        {
            // The image's time is over, or all of the work; the caller knows which.
            return null;
        }
    }
}
