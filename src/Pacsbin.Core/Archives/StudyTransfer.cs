using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>One study on its way to an archive: what is still to go, what the archive has confirmed, and what it has refused.</summary>
internal sealed class StudyTransfer : IDisposable
{
    private const int DefaultRequests = 4;

    /// <summary>After how many instances that the archive refuses one after the other, without a word of why, it is not asked for the others.</summary>
    private const int MostRefusedInARow = 5;

    /// <summary>How fast an archive is expected to be done with what it has got, in bytes a second.</summary>
    private const double SlowestArchive = 10e6;

    private readonly ArchiveClient client;
    private readonly ApprovedStudy study;
    private readonly StudySend options;
    private readonly SendMeter meter;
    private readonly ArchiveSearch search;
    private readonly ArchiveSearch searchOnce;
    private readonly ArchiveRetry retry;
    private readonly string target;
    private readonly Lock gate = new();
    private readonly LinkedList<ManifestFile> pending = [];
    private readonly ConcurrentDictionary<string, InstanceReport> reports = new(StringComparer.Ordinal);
    private readonly HashSet<string> stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> lost = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource givingUp = new();
    private HashSet<string>? before;
    private int mostInstances;
    private long mostBytes;
    private int refusedInARow;
    private PacsbinException? givenUp;

    public StudyTransfer(ArchiveClient client, ApprovedStudy study, StudySend options, SendMeter meter)
    {
        (this.client, this.study, this.options, this.meter) = (client, study, options, meter);
        search = new ArchiveSearch(client);
        searchOnce = new ArchiveSearch(client, attempts: 1); // for what is tried again itself
        retry = new ArchiveRetry(client.RetryDelay);
        target = client.Archive.Target!;
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
        before = pending.Count > 0 && CanSearch ? await TryListAsync(search, cancellationToken).ConfigureAwait(false) : null;
        await SendPendingAsync(cancellationToken).ConfigureAwait(false);
        var (isVerified, problem) = givenUp is null && CanSearch ? await TryVerifyAsync(cancellationToken).ConfigureAwait(false) : (false, null);
        var confirmed = study.Manifest.Files.Count(f => f.IsSentTo(target));
        if (confirmed == files.Count && (isVerified || !CanSearch) && !IsNoted())
        {
            study.Complete(client.Archive.Name, target);
        }

        var result = new SendResult(
            StudyUid, client.Archive.Name, study.Folder, stored.Count, files.Count - confirmed, confirmed - stored.Count,
            files.Where(f => stored.Contains(f.Name)).Sum(f => f.Length), Stopwatch.GetElapsedTime(started), [.. reports.Values.OrderBy(r => r.SopInstanceUid, StringComparer.Ordinal)])
        {
            IsVerified = isVerified,
        };
        return (result, problem);
    }

    public void Dispose() => givingUp.Dispose();

    private static string UidOf(ManifestFile file) => Path.GetFileNameWithoutExtension(file.Name);

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
            await WorkAsync(failing, mostRequests: 1).ConfigureAwait(false); // who is refused is refused once
        }

        var workers = Enumerable.Range(0, count).Select(_ => Task.Run(() => WorkAsync(failing, int.MaxValue), CancellationToken.None)).ToArray();
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
                Fail(file, givenUp!.Message);
            }

            pending.Clear();
        }
    }

    private async Task WorkAsync(CancellationTokenSource failing, int mostRequests)
    {
        try
        {
            for (var i = 0; i < mostRequests && Volatile.Read(ref givenUp) is null && Take() is { Count: > 0 } files; i++)
            {
                await SendAsync(files, failing.Token).ConfigureAwait(false);
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

    /// <summary>Sends files until each is confirmed or refused; when the archive does not get well, the whole study is given up.</summary>
    private async Task SendAsync(List<ManifestFile> files, CancellationToken cancellationToken)
    {
        var parts = new Stack<List<ManifestFile>>([files]);
        while (parts.TryPop(out var part))
        {
            var reasons = new Dictionary<string, int?>(StringComparer.Ordinal);
            try
            {
                await SendPartAsync(part, parts, reasons, cancellationToken).ConfigureAwait(false);
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
            {
                part.ForEach(f => Fail(f, reasons.TryGetValue(f.Name, out var reason) ? StoreAnswer.MeaningOf(reason) : e.Message));
                if (part.Exists(f => !reasons.ContainsKey(f.Name)))
                {
                    GiveUp(e);
                }
            }
            catch (OperationCanceledException) when (givenUp is not null)
            {
                part.ForEach(f => Fail(f, givenUp.Message));
            }

            if (Volatile.Read(ref givenUp) is { } error)
            {
                foreach (var file in parts.SelectMany(p => p))
                {
                    Fail(file, error.Message);
                }

                return;
            }
        }
    }

    private void GiveUp(PacsbinException error)
    {
        if (Interlocked.CompareExchange(ref givenUp, error, null) is null)
        {
            givingUp.Cancel();
        }
    }

    /// <summary>Sends files, tries again what fails in passing, and puts aside what should go in a request of its own.</summary>
    /// <param name="files">Empty when this returns; else what is left.</param>
    /// <param name="parts">Receives what is put aside.</param>
    /// <param name="reasons">The reasons of the last answer, by the names of the files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task SendPartAsync(List<ManifestFile> files, Stack<List<ManifestFile>> parts, Dictionary<string, int?> reasons, CancellationToken cancellationToken)
    {
        var isRepeated = false;
        await retry.RunAsync(
            async token =>
            {
                var asksFirst = isRepeated;
                if (isRepeated)
                {
                    await SettleAsync(files, token).ConfigureAwait(false);
                    Halve(files, parts); // what cannot be stored at once, or takes too long for the connection, may go in smaller requests
                }

                isRepeated = true;
                while (files.Count > 0)
                {
                    await PostAsync(files, parts, reasons, asksFirst, token).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends files once, and takes out of the list what needs no other try.</summary>
    /// <exception cref="PassingFailureException">What is left should be tried again.</exception>
    private async Task PostAsync(List<ManifestFile> files, Stack<List<ManifestFile>> parts, Dictionary<string, int?> reasons, bool asksFirst, CancellationToken cancellationToken)
    {
        using var silence = new Silence(client.Patience + TimeSpan.FromSeconds(files.Sum(f => f.Length) / SlowestArchive), cancellationToken);
        var address = new Uri(target);
        long outgoing = 0;
        reasons.Clear();
        try
        {
            using var response = await client.SendAsync(() => StoreRequest.Make(address, study, files, Given, asksFirst), silence.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge)
            {
                TooLarge(files, parts);
                return;
            }

            if (PassingFailureException.Of(response) is { } failure)
            {
                throw failure;
            }

            var answer = await StoreAnswer.ReadAsync(response, silence.Break, silence.Token).ConfigureAwait(false);
            Interlocked.Add(ref outgoing, -Settle(files, answer, reasons));
            if (!answer.IsReadable && !response.IsSuccessStatusCode)
            {
                Refused(files, parts, response.StatusCode);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PassingFailureException("The archive was silent for too long.");
        }
        finally
        {
            meter.AddBytes(-Interlocked.Read(ref outgoing));
        }

        if (files.Count > 0)
        {
            throw new PassingFailureException("The archive did not say of every instance that it is stored.");
        }

        void Given(int count)
        {
            silence.Break();
            Interlocked.Add(ref outgoing, count);
            meter.AddBytes(count);
        }
    }

    /// <summary>Takes what the archive said of the files; gives the bytes that are stored.</summary>
    private long Settle(List<ManifestFile> files, StoreAnswer answer, Dictionary<string, int?> reasons)
    {
        var done = files.Where(f => answer.IsBareSuccess || answer.Stored.ContainsKey(UidOf(f)) || IsOurDuplicate(f, answer)).ToList();
        Confirm(done);
        foreach (var file in done.Where(f => answer.Stored.GetValueOrDefault(UidOf(f)) is not null))
        {
            reports[file.Name] = new InstanceReport(UidOf(file), InstanceStatus.StoredWithWarning, StoreAnswer.MeaningOf(answer.Stored[UidOf(file)]));
        }

        files.RemoveAll(done.Contains);
        foreach (var file in files.Where(f => answer.Failed.ContainsKey(UidOf(f))).ToList())
        {
            var reason = answer.Failed[UidOf(file)];
            reasons[file.Name] = reason;
            if (!StoreAnswer.IsPassing(reason))
            {
                Fail(file, StoreAnswer.MeaningOf(reason));
                files.Remove(file);
            }
        }

        if (answer.IsReadable)
        {
            Volatile.Write(ref refusedInARow, 0);
        }

        return done.Sum(f => f.Length);
    }

    /// <summary>Whether an archive refuses an instance as a duplicate of what it has got from us in a request whose answer was lost.</summary>
    private bool IsOurDuplicate(ManifestFile file, StoreAnswer answer)
    {
        if (!answer.Failed.TryGetValue(UidOf(file), out var reason) || !StoreAnswer.IsDuplicate(reason) || before?.Contains(UidOf(file)) == true)
        {
            return false;
        }

        lock (gate)
        {
            return lost.Contains(file.Name);
        }
    }

    /// <summary>Of a request without an answer, some instances may have arrived: those that the archive lists now and did not before.</summary>
    private async Task SettleAsync(List<ManifestFile> files, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            lost.UnionWith(files.Select(f => f.Name));
        }

        if (before is null || await TryListAsync(searchOnce, cancellationToken).ConfigureAwait(false) is not { } now)
        {
            return;
        }

        var arrived = files.Where(f => now.Contains(UidOf(f)) && !before.Contains(UidOf(f))).ToList();
        Confirm(arrived);
        files.RemoveAll(arrived.Contains);
        meter.AddBytes(arrived.Sum(f => f.Length));
    }

    private void Confirm(List<ManifestFile> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        var names = files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        study.Confirm(target, names);
        lock (gate)
        {
            stored.UnionWith(names);
        }

        foreach (var name in names)
        {
            reports.TryRemove(name, out _);
        }

        meter.AddInstances(files.Count);
    }

    private void TooLarge(List<ManifestFile> files, Stack<List<ManifestFile>> parts)
    {
        if (files.Count == 1)
        {
            Fail(files[0], "The archive answers 413: the instance is too large for it.");
            files.Clear();
            return;
        }

        lock (gate)
        {
            mostInstances = Math.Max(1, Math.Min(mostInstances, files.Count / 2));
            mostBytes = Math.Max(1, Math.Min(mostBytes, files.Sum(f => f.Length) / 2));
        }

        Halve(files, parts);
    }

    /// <summary>The archive wants none of the files, and does not say why: one of them may be the reason, or the whole undertaking.</summary>
    private void Refused(List<ManifestFile> files, Stack<List<ManifestFile>> parts, HttpStatusCode status)
    {
        var why = $"The archive answers {(int)status} when instances are sent to it.";
        if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity))
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, why);
        }

        if (files.Count > 1)
        {
            Halve(files, parts);
            return;
        }

        if (Interlocked.Increment(ref refusedInARow) >= MostRefusedInARow)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, $"{why} It has refused {MostRefusedInARow} instances one after the other.");
        }

        Fail(files[0], why);
        files.Clear();
    }

    private static void Halve(List<ManifestFile> files, Stack<List<ManifestFile>> parts)
    {
        var kept = (files.Count + 1) / 2;
        if (kept < files.Count)
        {
            parts.Push(files[kept..]);
            files.RemoveRange(kept, files.Count - kept);
        }
    }

    private void Fail(ManifestFile file, string why) => reports[file.Name] = new InstanceReport(UidOf(file), InstanceStatus.Failed, why);

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

            var names = missing.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
            study.Forget(target, names);
            meter.AddInstances(-missing.Count);
            lock (gate)
            {
                stored.ExceptWith(names);
            }

            if (isLast)
            {
                missing.ForEach(f => Fail(f, "The archive has confirmed the instance, but does not list it."));
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
            var missing = confirmed.Where(f => !listed.Contains(UidOf(f))).ToList();
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

    private async Task<HashSet<string>?> TryListAsync(ArchiveSearch by, CancellationToken cancellationToken)
    {
        try
        {
            var list = await by.InstancesAsync(StudyUid, null, expected: 0, cancellationToken).ConfigureAwait(false);
            return list.IsWhole ? list.Instances.Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal) : null;
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
        {
            return null; // storing shows what is wrong
        }
    }
}
