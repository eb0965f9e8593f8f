namespace Pacsbin.Review.Reports;

/// <summary>The format of a report.</summary>
public enum ReportFormat
{
    /// <summary>One page that needs nothing else, with contact sheets.</summary>
    Html,

    /// <summary>The page's data, by <c>report.schema.json</c>.</summary>
    Json,

    /// <summary>A row for each file.</summary>
    Csv,
}

/// <summary>What a report says of itself.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Tool">The product and version that made it.</param>
internal sealed record ReportHead(string Title, DateTimeOffset Created, string Tool);

/// <summary>Writes a report study by study, so that its length needs no memory.</summary>
internal abstract class ReportWriter : IDisposable
{
    /// <summary>The version of the JSON format.</summary>
    public const string JsonFormat = "pacsbin-report/1";

    /// <summary>Whether contact sheets are part of it.</summary>
    public virtual bool HasPictures => false;

    /// <summary>Writes a study.</summary>
    public abstract void Add(ReportStudy study, ReportPicture picture);

    /// <summary>Writes what comes after the last study, and all that waits to be written.</summary>
    public abstract void Complete(ReportSummary summary);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
