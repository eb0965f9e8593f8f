using System.Diagnostics;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>One study on its way to an archive: what is still to go, what the archive has confirmed, and what it has refused.</summary>
internal sealed class StudyTransfer : IDisposable
{
    private const int DefaultRequests = 4;

    private readonly ArchiveClient client;
    private readonly ApprovedStudy study;
    private readonly StudySend options;
    private readonly SendMeter meter;
    private readonly SendLedger ledger;
    private readonly ArchiveSearch search;
    private readonly string target;
    private readonly Lock gate = new();
    private readonly LinkedList<ManifestFile> pending = [];
    private readonly CancellationTokenSource givingUp = new();
    private int mostInstances;
    private long mostBytes;
    private PacsbinException? givenUp;

    public StudyTransfer(ArchiveClient client, ApprovedStudy study, StudySend options, SendMeter meter)
    {
        (this.client, this.study, this.options, this.meter) = (client, study, options, meter);
        search = new ArchiveSearch(client);
        target = client.Archive.Target!;
        ledger = new SendLedger(study, target, meter);
        (mostInstances, mostBytes) = (Math.Max(1, options.RequestInstances), options.RequestBytes);
    }

    private bool CanSearch => client.Archive.QidoUri is not null && StudyUid.Length > 0;

    /// <summary>Why the archive is not to be had, or not for this; null if it is.</summary>
    public PacsbinException? GivenUp => givenUp;

    private string StudyUid => study.Manifest.StudyInstanceUid;

    /// <summary>Sends what the archive has not confirmed, and looks up what it has.</summary>
    /// <returns>What became of the instances, and what else is to be told: that it cannot be looked up whether they are there.</returns>
    /// <exception cref="PacsbinException">DestinationExists if the archive has confirmed other bytes of an instance; NotApproved if a file was changed meanwhile; ArchiveRefused; FileIo, FileAccessDenied.</exception>
    public async Task<(SendResult Result, PacsbinException? Problem)> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var files = study.Manifest.Files;
        if (!options.Force && files.Count(f => f.Sent?.Any(s => s.Target == target && s.Sha256 != f.Sha256) == true) is > 0 and var changed)
        {
            throw new PacsbinException(
                PacsbinError.DestinationExists,
                $"The archive has {changed} instances of the study as they were before they were changed here, under the same UIDs. Have them deleted there, then send with -Force: many archives keep what they have and say that all is well.");
        }

        Enqueue(files.Where(f => !f.IsSentTo(target)));
        meter.AddInstances(files.Count - pending.Count);
        meter.AddBytes(files.Sum(f => f.Length) - pending.Sum(f => f.Length));
        ledger.Before = pending.Count > 0 && CanSearch ? await search.TryListAsync(StudyUid, cancellationToken).ConfigureAwait(false) : null;
        await SendPendingAsync(cancellationToken).ConfigureAwait(false);
        var (isVerified, problem) = givenUp is null && CanSearch ? await TryVerifyAsync(cancellationToken).ConfigureAwait(false) : (false, null);
        var confirmed = study.Manifest.Files.Count(f => f.IsSentTo(target));
        if (confirmed == files.Count && (isVerified || !CanSearch) && !IsNoted())
        {
            study.Complete(client.Archive.Name, target);
        }

        var stored = ledger.Stored;
        var result = new SendResult(
            StudyUid, client.Archive.Name, study.Folder, stored.Count, files.Count - confirmed, confirmed - stored.Count, stored.Sum(f => f.Length), Stopwatch.GetElapsedTime(started), ledger.Reports)
        {
            IsVerified = isVerified,
        };
        return (result, problem);
    }

    public void Dispose() => givingUp.Dispose();

    private bool IsNoted() =>
        study.Manifest.State == StudyState.Sent && study.Manifest.Sends?.Any(s => s.Target == target && s.MerkleRoot == study.Manifest.Approval!.MerkleRoot) == true;

    private void Enqueue(IEnumerable<ManifestFile> files)
    {
        foreach (var file in files)
        {
            pending.AddLast(file);
        }
    }

    private async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, givingUp.Token);
        var count = options.ThrottleLimit > 0 ? options.ThrottleLimit : DefaultRequests;
        if (!client.HasAnswered)
        {
            await WorkAsync(failing, mostRequests: 1, cancellationToken).ConfigureAwait(false); // who is refused is refused once
        }

        var workers = Enumerable.Range(0, count).Select(_ => Task.Run(() => WorkAsync(failing, int.MaxValue, cancellationToken), CancellationToken.None)).ToArray();
        try
        {
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One has failed and ended the others: that one's failure is the one to tell.
            if (workers.SelectMany(w => w.Exception?.InnerExceptions ?? (IEnumerable<Exception>)[]).FirstOrDefault() is { } failure)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }

        lock (gate)
        {
            foreach (var file in pending)
            {
                ledger.Fail(file, givenUp!.Message);
            }

            pending.Clear();
        }
    }

    private async Task WorkAsync(CancellationTokenSource failing, int mostRequests, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; i < mostRequests && Volatile.Read(ref givenUp) is null && Take() is { Count: > 0 } files; i++)
            {
                await SendAsync(new StoreBatch(client, ledger, TooLarge), files, failing.Token, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await failing.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private List<ManifestFile> Take()
    {
        var files = new List<ManifestFile>();
        long bytes = 0;
        lock (gate)
        {
            while (pending.First is { } next && files.Count < mostInstances && (files.Count == 0 || bytes + next.Value.Length <= mostBytes))
            {
                bytes += next.Value.Length;
                files.Add(next.Value);
                pending.RemoveFirst();
            }
        }

        return files;
    }

    private async Task SendAsync(StoreBatch batch, List<ManifestFile> files, CancellationToken noMore, CancellationToken cancellationToken)
    {
        try
        {
            if (await batch.SendAsync([.. files], noMore, cancellationToken).ConfigureAwait(false) is { } error)
            {
                GiveUp(error);
            }
        }
        catch (OperationCanceledException) when (Volatile.Read(ref givenUp) is { } error)
        {
            foreach (var file in study.Manifest.Files.Where(f => !f.IsSentTo(target) && files.Exists(o => o.Name == f.Name)))
            {
                ledger.Fail(file, error.Message);
            }
        }
    }

    private void TooLarge(IReadOnlyCollection<ManifestFile> files)
    {
        lock (gate)
        {
            mostInstances = Math.Max(1, Math.Min(mostInstances, files.Count / 2));
            mostBytes = Math.Max(1, Math.Min(mostBytes, files.Sum(f => f.Length) / 2));
        }
    }

    private void GiveUp(PacsbinException error)
    {
        if (Interlocked.CompareExchange(ref givenUp, error, null) is null)
        {
            givingUp.Cancel();
        }
    }

    private async Task<(bool IsVerified, PacsbinException? Problem)> TryVerifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await VerifyAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (PacsbinException e) when (e.Error is PacsbinError.ArchiveFailed or PacsbinError.ArchiveRefused)
        {
            return (false, new PacsbinException(e.Error, $"It could not be looked up whether the archive has what it has confirmed. {e.Message}"));
        }
    }

    /// <summary>Looks up that the archive has all that it has confirmed; what it does not have is sent once more. False if something is missing even then.</summary>
    /// <exception cref="PacsbinException">ArchiveFailed, ArchiveRefused if the archive gives no list that could be believed.</exception>
    private async Task<bool> VerifyAsync(CancellationToken cancellationToken)
    {
        for (var isLast = false; ; isLast = true)
        {
            var missing = await MissingAsync(cancellationToken).ConfigureAwait(false);
            if (missing.Count == 0)
            {
                return study.Manifest.Files.All(f => f.IsSentTo(target));
            }

            ledger.Forget(missing);
            if (isLast)
            {
                missing.ForEach(f => ledger.Fail(f, "The archive has confirmed the instance, but does not list it."));
                return false;
            }

            meter.AddBytes(-missing.Sum(f => f.Length));
            Enqueue(missing);
            await SendPendingAsync(cancellationToken).ConfigureAwait(false);
            if (givenUp is not null)
            {
                return false;
            }
        }
    }

    /// <summary>What the archive has confirmed and does not list; some archives need a moment.</summary>
    private async Task<List<ManifestFile>> MissingAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var list = await search.InstancesAsync(StudyUid, null, study.Manifest.Files.Count, cancellationToken).ConfigureAwait(false);
            var listed = list.Instances.Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
            var confirmed = study.Manifest.Files.Where(f => f.IsSentTo(target)).ToList();
            var missing = confirmed.Where(f => !listed.Contains(SendLedger.UidOf(f))).ToList();
            if (missing.Count == 0)
            {
                return missing;
            }

            if (attempt == 4)
            {
                // Who lists nothing at all, or not all that there is, may have it all the same: sending it once more would prove nothing.
                return list.IsWhole && missing.Count < confirmed.Count ? missing
                    : throw new PacsbinException(PacsbinError.ArchiveFailed, $"It has confirmed {confirmed.Count} instances, and lists {confirmed.Count - missing.Count} of them{(list.IsWhole ? "" : ", but not all that it has")}.");
            }

            await Task.Delay(client.RetryDelay * (1 << attempt), cancellationToken).ConfigureAwait(false);
        }
    }
}
