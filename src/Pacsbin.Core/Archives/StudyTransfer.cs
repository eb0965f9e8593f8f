using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>One study on its way to an archive: what is still to go, what the archive has confirmed, and what it has refused.</summary>
internal sealed class StudyTransfer
{
    private const int DefaultRequests = 4;
    private readonly ArchiveClient client;
    private readonly ApprovedStudy study;
    private readonly StudySend options;
    private readonly SendMeter meter;
    private readonly ArchiveSearch search;
    private readonly ArchiveRetry retry;
    private readonly string target;
    private readonly Lock gate = new();
    private readonly LinkedList<ManifestFile> pending = [];
    private readonly ConcurrentDictionary<string, InstanceReport> reports = new(StringComparer.Ordinal);
    private readonly HashSet<string> stored = new(StringComparer.Ordinal);
    private HashSet<string>? before;
    private int mostInstances;
    private long mostBytes;
    private PacsbinException? givenUp;

    public StudyTransfer(ArchiveClient client, ApprovedStudy study, StudySend options, SendMeter meter)
    {
        (this.client, this.study, this.options, this.meter) = (client, study, options, meter);
        search = new ArchiveSearch(client);
        retry = new ArchiveRetry(client.RetryDelay);
        target = client.Archive.Target!;
        (mostInstances, mostBytes) = (Math.Max(1, options.RequestInstances), options.RequestBytes);
    }

    private bool CanSearch => client.Archive.QidoUri is not null;

    private string StudyUid => study.Manifest.StudyInstanceUid;

    /// <summary>Sends what the archive has not confirmed, and looks up what it has.</summary>
    /// <exception cref="PacsbinException">DestinationExists if the archive has confirmed other bytes of an instance; NotApproved if a file was changed meanwhile; ArchiveRefused; ArchiveFailed if it cannot be looked up; FileIo, FileAccessDenied.</exception>
    public async Task<SendResult> RunAsync(CancellationToken cancellationToken)
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
        var skipped = files.Count - pending.Count;
        meter.AddInstances(skipped);
        meter.AddBytes(files.Sum(f => f.Length) - pending.Sum(f => f.Length));
        before = pending.Count > 0 && CanSearch ? await TryListAsync(cancellationToken).ConfigureAwait(false) : null;
        await SendPendingAsync(cancellationToken).ConfigureAwait(false);
        var isVerified = givenUp is null && CanSearch && await VerifyAsync(cancellationToken).ConfigureAwait(false);
        var confirmed = study.Manifest.Files.Count(f => f.IsSentTo(target));
        if (confirmed == files.Count && (isVerified || !CanSearch) && !IsNoted())
        {
            study.Complete(client.Archive.Name, target);
        }

        return new SendResult(
            StudyUid, client.Archive.Name, study.Folder, stored.Count, files.Count - confirmed, confirmed - stored.Count,
            files.Where(f => stored.Contains(f.Name)).Sum(f => f.Length), Stopwatch.GetElapsedTime(started), [.. reports.Values.OrderBy(r => r.SopInstanceUid, StringComparer.Ordinal)])
        {
            IsVerified = isVerified,
        };
    }

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
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, options.ThrottleLimit > 0 ? options.ThrottleLimit : DefaultRequests).Select(_ => Task.Run(() => WorkAsync(failing), CancellationToken.None)).ToArray();
        try
        {
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One has failed and ended the others: that one's failure is the one to tell.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(workers.SelectMany(w => w.Exception?.InnerExceptions ?? (IEnumerable<Exception>)[]).First());
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

    private async Task WorkAsync(CancellationTokenSource failing)
    {
        try
        {
            while (Volatile.Read(ref givenUp) is null && Take() is { Count: > 0 } files)
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
        try
        {
            var isRepeated = false;
            await retry.RunAsync(
                async token =>
                {
                    if (isRepeated)
                    {
                        await SettleAsync(files, token).ConfigureAwait(false);
                        GiveBackHalf(files); // what cannot be stored at once, or takes too long for the connection, may go in smaller requests
                    }

                    var asksFirst = isRepeated;
                    isRepeated = true;
                    while (files.Count > 0)
                    {
                        await PostAsync(files, asksFirst, token).ConfigureAwait(false);
                    }

                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
        {
            Volatile.Write(ref givenUp, e);
            foreach (var file in files)
            {
                Fail(file, e.Message);
            }
        }
    }

    /// <summary>Sends files once, and takes out of the list what needs no other try.</summary>
    /// <exception cref="PassingFailureException">What is left should be tried again.</exception>
    private async Task PostAsync(List<ManifestFile> files, bool asksFirst, CancellationToken cancellationToken)
    {
        using var silence = new Silence(client.Patience, cancellationToken);
        var address = new Uri(target);
        long outgoing = 0;
        try
        {
            using var response = await client.SendAsync(() => StoreRequest.Make(address, study, files, Given, asksFirst), silence.Token).ConfigureAwait(false);
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
                Refused(files, $"The archive answers {(int)response.StatusCode}.");
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
    private long Settle(List<ManifestFile> files, StoreAnswer answer)
    {
        var done = files.Where(f => answer.IsBareSuccess || answer.Stored.ContainsKey(UidOf(f))).ToList();
        Confirm(done);
        foreach (var file in done.Where(f => answer.Stored.GetValueOrDefault(UidOf(f)) is not null))
        {
            reports[file.Name] = new InstanceReport(UidOf(file), InstanceStatus.StoredWithWarning, StoreAnswer.MeaningOf(answer.Stored[UidOf(file)]));
        }

        files.RemoveAll(done.Contains);
        foreach (var file in files.Where(f => answer.Failed.TryGetValue(UidOf(f), out var reason) && !StoreAnswer.IsPassing(reason)).ToList())
        {
            Fail(file, StoreAnswer.MeaningOf(answer.Failed[UidOf(file)]));
            files.Remove(file);
        }

        return done.Sum(f => f.Length);
    }

    /// <summary>Of a request without an answer, some instances may have arrived: those that the archive lists now and did not before.</summary>
    private async Task SettleAsync(List<ManifestFile> files, CancellationToken cancellationToken)
    {
        if (before is null || await TryListAsync(cancellationToken).ConfigureAwait(false) is not { } now)
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

    private void TooLarge(List<ManifestFile> files)
    {
        if (files.Count == 1)
        {
            Refused(files, "The archive answers 413: the instance is too large for it.");
            return;
        }

        lock (gate)
        {
            mostInstances = Math.Max(1, Math.Min(mostInstances, files.Count / 2));
            mostBytes = Math.Max(1, Math.Min(mostBytes, files.Sum(f => f.Length) / 2));
        }

        GiveBackHalf(files);
    }

    /// <summary>The archive wants none of the files; if they are several, one of them may be the reason.</summary>
    private void Refused(List<ManifestFile> files, string why)
    {
        if (files.Count > 1)
        {
            GiveBackHalf(files);
            return;
        }

        Fail(files[0], why);
        files.Clear();
    }

    private void GiveBackHalf(List<ManifestFile> files)
    {
        var kept = (files.Count + 1) / 2;
        lock (gate)
        {
            foreach (var file in files.Skip(kept).Reverse())
            {
                pending.AddFirst(file);
            }
        }

        files.RemoveRange(kept, files.Count - kept);
    }

    private void Fail(ManifestFile file, string why) => reports[file.Name] = new InstanceReport(UidOf(file), InstanceStatus.Failed, why);

    /// <summary>Looks up that the archive has all that it has confirmed; what it does not have is sent once more. False if something is missing even then.</summary>
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
            var listed = (await search.InstancesAsync(StudyUid, null, study.Manifest.Files.Count, cancellationToken).ConfigureAwait(false)).Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
            var missing = study.Manifest.Files.Where(f => f.IsSentTo(target) && !listed.Contains(UidOf(f))).ToList();
            if (missing.Count == 0 || attempt == 4)
            {
                return missing;
            }

            await Task.Delay(client.RetryDelay * (1 << attempt), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HashSet<string>?> TryListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await search.InstancesAsync(StudyUid, null, expected: 0, cancellationToken).ConfigureAwait(false)).Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
        {
            return null; // storing shows what is wrong
        }
    }
}
