namespace Pacsbin.Archives;

/// <summary>Ends a request when nothing has moved for too long, however long the whole takes.</summary>
internal sealed class Silence : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly TimeSpan patience;

    public Silence(TimeSpan patience, CancellationToken cancellationToken)
    {
        this.patience = patience;
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Break();
    }

    public CancellationToken Token => source.Token;

    /// <summary>Something has moved.</summary>
    public void Break() => source.CancelAfter(patience);

    public void Dispose() => source.Dispose();
}
