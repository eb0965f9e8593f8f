using System.Net;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Sends some files of a study, in one request or, if that does not do, in several, until each is confirmed or refused. For one thread.</summary>
internal sealed class StoreBatch
{
    /// <summary>After how many instances that the archive refuses one after the other, without a word of why, it is not asked for the others.</summary>
    private const int MostRefusedInARow = 5;

    /// <summary>How fast an archive is expected to be done with what it has got, in bytes a second.</summary>
    private const double SlowestArchive = 10e6;

    private readonly ArchiveClient client;
    private readonly ArchiveSearch search;
    private readonly ArchiveRetry retry;
    private readonly SendLedger ledger;
    private readonly Action<IReadOnlyCollection<ManifestFile>> tooLarge;
    private readonly Stack<List<ManifestFile>> parts = [];
    private readonly Dictionary<string, int?> reasons = new(StringComparer.Ordinal);
    private int refusedInARow;

    /// <param name="client">Asks the archive.</param>
    /// <param name="ledger">Notes what becomes of the files.</param>
    /// <param name="tooLarge">Told the files of a request that was too large.</param>
    public StoreBatch(ArchiveClient client, SendLedger ledger, Action<IReadOnlyCollection<ManifestFile>> tooLarge)
    {
        (this.client, this.ledger, this.tooLarge) = (client, ledger, tooLarge);
        search = new ArchiveSearch(client, attempts: 1); // what it is for is tried again itself
        retry = new ArchiveRetry(client.RetryDelay);
    }

    /// <summary>Sends files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="noMore">Ends it before the next request; one that is out is waited for, because its answer may confirm what would go again otherwise.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Null if each is confirmed or refused; else why the archive is not to be had, with which all that is left has failed.</returns>
    /// <exception cref="PacsbinException">NotApproved, ArchiveRefused, FileIo, FileAccessDenied.</exception>
    /// <exception cref="OperationCanceledException">What is left has no report.</exception>
    public async Task<PacsbinException?> SendAsync(List<ManifestFile> files, CancellationToken noMore, CancellationToken cancellationToken)
    {
        parts.Push(files);
        while (parts.TryPop(out var part))
        {
            try
            {
                await SendPartAsync(part, noMore, cancellationToken).ConfigureAwait(false);
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
            {
                part.ForEach(f => ledger.Fail(f, reasons.TryGetValue(f.Name, out var reason) ? StoreAnswer.MeaningOf(reason) : e.Message));
                if (part.Exists(f => !reasons.ContainsKey(f.Name)))
                {
                    parts.SelectMany(p => p).ToList().ForEach(f => ledger.Fail(f, e.Message));
                    parts.Clear();
                    return e;
                }
            }
        }

        return null;
    }

    /// <summary>Sends files, tries again what fails in passing, and puts aside what should go in a request of its own.</summary>
    /// <param name="files">Empty when this returns; else what is left.</param>
    /// <param name="noMore">Ends it before the next request.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    private async Task SendPartAsync(List<ManifestFile> files, CancellationToken noMore, CancellationToken cancellationToken)
    {
        var isRepeated = false;
        await retry.RunAsync(
            async _ =>
            {
                var asksFirst = isRepeated;
                if (isRepeated)
                {
                    await SettleAsync(files, cancellationToken).ConfigureAwait(false);
                    Halve(files); // what cannot be stored at once, or takes too long for the connection, may go in smaller requests
                }

                isRepeated = true;
                while (files.Count > 0)
                {
                    noMore.ThrowIfCancellationRequested();
                    await PostAsync(files, asksFirst, cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            noMore).ConfigureAwait(false);
    }

    /// <summary>Sends files once, and takes out of the list what needs no other try.</summary>
    /// <exception cref="PassingFailureException">What is left should be tried again.</exception>
    private async Task PostAsync(List<ManifestFile> files, bool asksFirst, CancellationToken cancellationToken)
    {
        using var silence = new Silence(client.Patience + TimeSpan.FromSeconds(files.Sum(f => f.Length) / SlowestArchive), cancellationToken);
        var address = new Uri(ledger.Target);
        long outgoing = 0;
        reasons.Clear();
        try
        {
            using var response = await client.SendAsync(() => StoreRequest.Make(address, ledger.Study, files, Given, asksFirst), silence.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge)
            {
                TooLarge(files);
                return;
            }

            if (PassingFailureException.Of(response) is { } failure)
            {
                throw failure;
            }

            var answer = await StoreAnswer.ReadAsync(response, silence.Break, silence.Token).ConfigureAwait(false);
            Interlocked.Add(ref outgoing, -Settle(files, answer));
            if (!answer.IsReadable && !response.IsSuccessStatusCode)
            {
                Refused(files, response.StatusCode);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PassingFailureException("The archive was silent for too long.");
        }
        finally
        {
            ledger.Meter.AddBytes(-Interlocked.Read(ref outgoing));
        }

        if (files.Count > 0)
        {
            throw new PassingFailureException("The archive did not say of every instance that it is stored.");
        }

        void Given(int count)
        {
            silence.Break();
            Interlocked.Add(ref outgoing, count);
            ledger.Meter.AddBytes(count);
        }
    }

    /// <summary>Takes what the archive said of the files; gives the bytes that are stored.</summary>
    private long Settle(List<ManifestFile> files, StoreAnswer answer)
    {
        var done = files.Where(f => answer.IsBareSuccess || answer.Stored.ContainsKey(SendLedger.UidOf(f)) || IsOurDuplicate(f, answer)).ToList();
        ledger.Confirm(done);
        foreach (var file in done.Where(f => answer.Stored.GetValueOrDefault(SendLedger.UidOf(f)) is not null))
        {
            ledger.Warn(file, StoreAnswer.MeaningOf(answer.Stored[SendLedger.UidOf(file)]));
        }

        files.RemoveAll(done.Contains);
        foreach (var file in files.Where(f => answer.Failed.ContainsKey(SendLedger.UidOf(f))).ToList())
        {
            var reason = answer.Failed[SendLedger.UidOf(file)];
            reasons[file.Name] = reason;
            if (!StoreAnswer.IsPassing(reason))
            {
                ledger.Fail(file, StoreAnswer.MeaningOf(reason));
                files.Remove(file);
            }
        }

        if (answer.IsReadable)
        {
            refusedInARow = 0;
        }

        return done.Sum(f => f.Length);
    }

    /// <summary>Whether an archive refuses an instance as a duplicate of what it has got from us in a request whose answer was lost.</summary>
    private bool IsOurDuplicate(ManifestFile file, StoreAnswer answer) =>
        answer.Failed.TryGetValue(SendLedger.UidOf(file), out var reason) && StoreAnswer.IsDuplicate(reason) && ledger.MayHave(file);

    /// <summary>Of a request without an answer, some instances may have arrived: those that the archive lists now and did not before.</summary>
    private async Task SettleAsync(List<ManifestFile> files, CancellationToken cancellationToken)
    {
        ledger.Lose(files);
        if (ledger.Before is not { } before || await search.TryListAsync(ledger.Study.Manifest.StudyInstanceUid, cancellationToken).ConfigureAwait(false) is not { } now)
        {
            return;
        }

        var arrived = files.Where(f => now.Contains(SendLedger.UidOf(f)) && !before.Contains(SendLedger.UidOf(f))).ToList();
        ledger.Confirm(arrived);
        files.RemoveAll(arrived.Contains);
        ledger.Meter.AddBytes(arrived.Sum(f => f.Length));
    }

    private void TooLarge(List<ManifestFile> files)
    {
        if (files.Count == 1)
        {
            ledger.Fail(files[0], "The archive answers 413: the instance is too large for it.");
            files.Clear();
            return;
        }

        tooLarge(files);
        Halve(files);
    }

    /// <summary>The archive wants none of the files, and does not say why: one of them may be the reason, or the whole undertaking.</summary>
    private void Refused(List<ManifestFile> files, HttpStatusCode status)
    {
        var why = $"The archive answers {(int)status} when instances are sent to it.";
        if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity))
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, why);
        }

        if (files.Count > 1)
        {
            Halve(files);
            return;
        }

        if (++refusedInARow >= MostRefusedInARow)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, $"{why} It has refused {MostRefusedInARow} instances one after the other.");
        }

        ledger.Fail(files[0], why);
        files.Clear();
    }

    private void Halve(List<ManifestFile> files)
    {
        var kept = (files.Count + 1) / 2;
        if (kept < files.Count)
        {
            parts.Push(files[kept..]);
            files.RemoveRange(kept, files.Count - kept);
        }
    }
}
