using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Fetches studies from an archive by WADO-RS (PS3.18 10.4), in the transfer syntax that they are stored in, and compares with what the archive lists.</summary>
/// <remarks>Parts of an answer go to the disk as they come. An instance is there when it is whole; what is there is not fetched again.</remarks>
public sealed partial class StudyReceive
{
    private const int DefaultRequests = 4;
    private const int MostFailures = 4;
    private const int MostParameters = 64 * 1024;
    private const string Accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    private readonly ArchiveClient client;
    private readonly ArchiveSearch search;
    private readonly ArchiveRetry retry;

    /// <summary>Prepares to fetch.</summary>
    /// <exception cref="PacsbinException">ArchiveFailed if the archive is registered without WADO-RS.</exception>
    public StudyReceive(ArchiveClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        this.client = client;
        _ = client.Archive.WadoUri ?? throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive is registered without WADO-RS, so nothing can be fetched from it.");
        search = new ArchiveSearch(client);
        retry = new ArchiveRetry(client.RetryDelay);
    }

    /// <summary>The most requests at once; 0 for four.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Whether the files are deleted when they are de-identified.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Fetches a study, or a part of one.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="destination">The folder that the study gets a folder in.</param>
    /// <param name="progress">Told what has come.</param>
    /// <param name="cancellationToken">Stops at once; whole instances stay.</param>
    /// <returns>The study as it is on the disk: all that is in its folder.</returns>
    /// <exception cref="PacsbinException">FileNotFound if the archive has no such study; ArchiveRefused; ArchiveFailed if instances are missing or cannot be read; ManifestConflict if another process fetches the study; FileIo, FileAccessDenied.</exception>
    public async Task<DicomStudy> RunAsync(RetrieveRequest request, string destination, IProgress<ReceiveProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (new[] { request.StudyInstanceUid, request.SeriesInstanceUid ?? "0", request.SopInstanceUid ?? "0" }.Any(u => !Workspace.IsUid(u)))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "A UID is digits with single periods between them (PS3.5 9.1).");
        }

        using var folder = new ReceivedFolder(destination, request.StudyInstanceUid);
        var run = new Run(this, request, folder, progress, cancellationToken);
        var wanted = await run.FetchAsync().ConfigureAwait(false);
        return Found(folder, wanted, cancellationToken);
    }

    /// <summary>The study as a scan finds it, which has to find all that is wanted.</summary>
    private DicomStudy Found(ReceivedFolder folder, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var found = new StudyScanner().Scan([folder.Folder], cancellationToken: cancellationToken).Studies;
        var study = found is [var only] ? only : throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive has given no instance that can be read.");
        var here = study.Series.SelectMany(s => s.Instances).ToList();
        var uids = here.Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count(u => !uids.Contains(u)) is > 0 and var left)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, $"{left} of {wanted.Count} instances are missing, or cannot be read.");
        }

        here.ForEach(i => i.IsTransient = IsTransient);
        return study;
    }

    /// <summary>One study that is being fetched.</summary>
    private sealed partial class Run(StudyReceive options, RetrieveRequest request, ReceivedFolder folder, IProgress<ReceiveProgress>? progress, CancellationToken cancellationToken)
    {
        private readonly long started = Stopwatch.GetTimestamp();
        private readonly ConcurrentDictionary<string, bool> arrived = new(StringComparer.Ordinal);
        private HashSet<string> expected = [];
        private int expectedHere;
        private long bytes;

        /// <summary>Fetches; gives the UIDs of what has to be there now.</summary>
        public async Task<IReadOnlyList<string>> FetchAsync()
        {
            if (request.SopInstanceUid is { } single && folder.Has(single))
            {
                return [single];
            }

            if (options.client.Archive.QidoUri is null || request.SopInstanceUid is not null)
            {
                return await FetchAsync([request]).ConfigureAwait(false) is { } error ? throw error : request.SopInstanceUid is { } one ? [one] : [.. arrived.Keys];
            }

            var list = await options.search.InstancesAsync(request.StudyInstanceUid, request.SeriesInstanceUid, expected: 0, cancellationToken).ConfigureAwait(false);
            var listed = list.Instances;
            if (!list.IsWhole)
            {
                throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive lists instances again and again, or some without a legal UID, so that it cannot be known what belongs to the study.");
            }

            if (listed.Count == 0)
            {
                throw NotThere();
            }

            expected = listed.Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
            foreach (var here in listed.Where(i => folder.Has(i.SopInstanceUid)))
            {
                Arrived(here.SopInstanceUid);
            }

            for (var isFirst = true; ; isFirst = false)
            {
                var missing = listed.Where(i => !arrived.ContainsKey(i.SopInstanceUid)).ToList();
                if (missing.Count == 0)
                {
                    return [.. expected];
                }

                var failure = await FetchAsync([.. Requests(listed, missing, isFirst)]).ConfigureAwait(false);
                var left = listed.Count(i => !arrived.ContainsKey(i.SopInstanceUid));
                if (!isFirst && left > 0 && (failure is not null || left == missing.Count))
                {
                    throw new PacsbinException(PacsbinError.ArchiveFailed, $"{left} of {listed.Count} instances are missing. {failure?.Message ?? "The archive lists them, but does not give them."} Fetch the study again to go on.");
                }
            }
        }

        /// <summary>Whole series where nothing is here yet, else single instances.</summary>
        private IEnumerable<RetrieveRequest> Requests(IReadOnlyList<RemoteInstance> listed, List<RemoteInstance> missing, bool isFirst)
        {
            foreach (var series in missing.GroupBy(i => i.SeriesInstanceUid))
            {
                if (!Workspace.IsUid(series.Key))
                {
                    yield return request; // an archive that does not say which series
                    yield break;
                }

                if (isFirst && series.Count() == listed.Count(i => i.SeriesInstanceUid == series.Key))
                {
                    yield return new RetrieveRequest(request.StudyInstanceUid, series.Key);
                    continue;
                }

                foreach (var instance in series)
                {
                    yield return new RetrieveRequest(request.StudyInstanceUid, series.Key, instance.SopInstanceUid);
                }
            }
        }

        /// <summary>Fetches several at a time; gives the first failure, after which the others are tried all the same, unless too many fail.</summary>
        private async Task<PacsbinException?> FetchAsync(IReadOnlyList<RetrieveRequest> requests)
        {
            var failures = new ConcurrentQueue<PacsbinException>();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThrottleLimit > 0 ? options.ThrottleLimit : DefaultRequests, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(requests, parallel, async (one, token) =>
            {
                try
                {
                    if (failures.Count < MostFailures)
                    {
                        await FetchWithRetryAsync(one, token).ConfigureAwait(false);
                    }
                }
                catch (PacsbinException e) when (e.Error is PacsbinError.ArchiveFailed or PacsbinError.FileNotFound)
                {
                    failures.Enqueue(e);
                }
            }).ConfigureAwait(false);
            return failures.FirstOrDefault();
        }

        private Task<bool> FetchWithRetryAsync(RetrieveRequest one, CancellationToken token)
        {
            var isFirst = true;
            return options.retry.RunAsync(
                async attempt =>
                {
                    if (!isFirst && one.SopInstanceUid is null && expected.Count > 0)
                    {
                        return false; // what has come stays; the rest is asked for one by one
                    }

                    isFirst = false;
                    await FetchAsync(one, attempt).ConfigureAwait(false);
                    return true;
                },
                token);
        }

        private async Task FetchAsync(RetrieveRequest one, CancellationToken token)
        {
            using var silence = new Silence(options.client.Patience, token);
            var address = ArchiveDefinition.At(options.client.Archive.WadoUri!, one.Resource);
            using var response = await options.client.SendAsync(
                () =>
                {
                    var message = new HttpRequestMessage(HttpMethod.Get, address);
                    message.Headers.TryAddWithoutValidation("Accept", Accept);
                    return message;
                },
                silence.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                throw NotThere();
            }

            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            {
                throw (Exception?)PassingFailureException.Of(response) ?? new PacsbinException(PacsbinError.ArchiveFailed, $"The archive answers {(int)response.StatusCode} when it is asked for instances.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            await using var counted = new LimitedStream(body, long.MaxValue, silence.Break);
            var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : "";
            if (MediaTypeOf(type).Equals("application/dicom", StringComparison.OrdinalIgnoreCase)
                && (response.Content.Headers.ContentLength is not null || response.Headers.TransferEncodingChunked == true))
            {
                await AddAsync(counted, silence.Token).ConfigureAwait(false); // 8.7.4 wants a part even of one instance; not every archive gives one
                return;
            }

            await ReadPartsAsync(counted, BoundaryOf(type), silence.Token).ConfigureAwait(false);
        }

        private async Task ReadPartsAsync(Stream body, string boundary, CancellationToken token)
        {
            var parts = new MultipartReader(boundary, body) { HeadersLengthLimit = MostParameters, BodyLengthLimit = null };
            try
            {
                while (await parts.ReadNextSectionAsync(token).ConfigureAwait(false) is { } part)
                {
                    await AddAsync(part.Body, token).ConfigureAwait(false);
                }
            }
            catch (InvalidDataException)
            {
                throw new PassingFailureException("The archive's answer is not multipart as RFC 2046 section 5.1 has it.");
            }
        }

        private async Task AddAsync(Stream content, CancellationToken token)
        {
            using var counted = new LimitedStream(content, long.MaxValue, static () => { });
            var uid = await folder.AddAsync(counted, token).ConfigureAwait(false);
            Arrived(uid);
            progress?.Report(new ReceiveProgress(expected.Count > 0 ? Volatile.Read(ref expectedHere) : arrived.Count, expected.Count, Interlocked.Add(ref bytes, counted.Position), Stopwatch.GetElapsedTime(started)));
        }

        private void Arrived(string uid)
        {
            if (arrived.TryAdd(uid, true) && expected.Contains(uid))
            {
                Interlocked.Increment(ref expectedHere);
            }
        }

        private static string MediaTypeOf(string type) => type.Split(';')[0].Trim();

        /// <summary>The boundary, also of a header with a slash or angle brackets outside of quotes, as some archives write it.</summary>
        private static string BoundaryOf(string type) =>
            MediaTypeOf(type).StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && Boundary().Match(type) is { Success: true } match
                ? match.Groups["quoted"] is { Success: true } quoted ? quoted.Value : match.Groups["bare"].Value
                : throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive gives instances, but not as multipart/related with a boundary.");

        [GeneratedRegex("""[;\s]boundary\s*=\s*(?:"(?<quoted>[^"]{1,200})"|(?<bare>[^\s;"]{1,200}))(?=\s*(?:;|$))""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
        private static partial Regex Boundary();

        private static PacsbinException NotThere() => new(PacsbinError.FileNotFound, "The archive has no such study, series or instance, or does not show it to these credentials.");
    }
}
