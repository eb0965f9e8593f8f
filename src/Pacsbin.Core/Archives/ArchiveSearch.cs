using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Searches an archive by QIDO-RS (PS3.18 10.6), page by page until there is no more.</summary>
/// <param name="client">Asks the archive.</param>
/// <param name="attempts">How often a page is asked for in all.</param>
public sealed class ArchiveSearch(ArchiveClient client, int attempts = ArchiveRetry.MostAttempts)
{
    private const int PageLength = 500;
    private const int MostPagesAtOnce = 4;
    private const int MostBytes = 16 * 1024 * 1024;
    private const int MostResults = 1_000_000;
    private const string DicomJson = "application/dicom+json";
    private readonly ArchiveRetry retry = new(client.RetryDelay, attempts);

    /// <summary>How many studies had no legal UID (PS3.5 9.1), and were left out for that.</summary>
    public int Unusable { get; private set; }

    /// <summary>Finds studies, each once.</summary>
    /// <exception cref="PacsbinException">ArchiveRefused; ArchiveFailed if there is no answer that can be read, the archive cannot be searched, or it gives the first page of more again and again.</exception>
    public async IAsyncEnumerable<DicomStudy> StudiesAsync(StudyQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var doubts = new Doubts();
        await foreach (var found in PagesAsync("studies", query.Parameters(), Tags.StudyInstanceUid, expected: 0, doubts, cancellationToken).ConfigureAwait(false))
        {
            yield return StudyOf(found);
        }

        Unusable += doubts.Unusable;
        if (doubts.IsRepeating)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, $"The archive gives its first {PageLength} results again and again, so that others cannot be found. Ask for less, for example for a few days.");
        }
    }

    /// <summary>The instances of a study.</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="seriesInstanceUid">The series; null for all.</param>
    /// <param name="expected">How many there should be, so that several pages can be asked for at once; 0 if that is not known.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    internal async Task<RemoteInstances> InstancesAsync(string studyInstanceUid, string? seriesInstanceUid, int expected, CancellationToken cancellationToken)
    {
        var resource = seriesInstanceUid is null ? $"studies/{studyInstanceUid}/instances" : $"studies/{studyInstanceUid}/series/{seriesInstanceUid}/instances";
        var doubts = new Doubts();
        var all = new List<RemoteInstance>();
        await foreach (var found in PagesAsync(resource, "includefield=0020000E", Tags.SopInstanceUid, expected, doubts, cancellationToken).ConfigureAwait(false))
        {
            all.Add(new RemoteInstance(found.Text(Tags.SeriesInstanceUid) ?? seriesInstanceUid ?? "", found.Text(Tags.SopInstanceUid)!));
        }

        return new RemoteInstances(all, IsWhole: doubts is { IsRepeating: false, Unusable: 0 });
    }

    /// <summary>The UIDs of a study's instances; null if that cannot be known.</summary>
    internal async Task<HashSet<string>?> TryListAsync(string studyInstanceUid, CancellationToken cancellationToken)
    {
        try
        {
            var list = await InstancesAsync(studyInstanceUid, null, expected: 0, cancellationToken).ConfigureAwait(false);
            return list.IsWhole ? list.Instances.Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal) : null;
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.ArchiveFailed)
        {
            return null;
        }
    }

    private DicomStudy StudyOf(DicomJsonObject found)
    {
        var study = new DicomStudy(found.Text(Tags.StudyInstanceUid)!, client.Archive.Name)
        {
            State = StudyState.Remote,
            StudyDescription = found.Text(Tags.StudyDescription),
            AccessionNumber = found.Text(Tags.AccessionNumber),
            StudyDate = DateOnly.TryParseExact(found.Text(Tags.StudyDate), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null,
            Remote = new RemoteStudy(
                client.Archive.Name,
                found.Number(Tags.NumberOfStudyRelatedInstances),
                [.. found.Texts(Tags.ModalitiesInStudy).Where(m => m.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]),
        };
        if (found.Text(Tags.PatientId) is { } id)
        {
            study.PatientIndexOf(new StudyPatient(new PatientKey(found.Text(Tags.IssuerOfPatientId) ?? "", id), found.Text(Tags.PatientName)));
        }

        return study;
    }

    /// <summary>All that matches, each UID once. An archive may give fewer than it is asked for, so only a page without anything new is the last.</summary>
    private async IAsyncEnumerable<DicomJsonObject> PagesAsync(string resource, string parameters, Tag key, int expected, Doubts doubts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (client.Archive.QidoUri is not { } root)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive is registered without QIDO-RS, so it cannot be searched.");
        }

        var address = ArchiveDefinition.At(root, resource);
        var isBelowStudy = resource != "studies";
        var known = new HashSet<string>(StringComparer.Ordinal);
        var length = expected == 0 ? PageLength : Math.Clamp((expected + MostPagesAtOnce - 1) / MostPagesAtOnce, PageLength / MostPagesAtOnce, PageLength);
        var isInStep = true;
        for (var offset = 0; ;)
        {
            var width = isInStep ? Math.Clamp((expected - offset + length - 1) / length, 1, MostPagesAtOnce) : 1;
            var pages = await Task.WhenAll(Enumerable.Range(0, width).Select(i => Ask(offset + (i * length)))).ConfigureAwait(false);
            var isNew = false;
            foreach (var page in pages)
            {
                var isNewHere = false;
                foreach (var found in page.Select(e => new DicomJsonObject(e)))
                {
                    if (found.Text(key) is not { } uid || !Workspace.IsUid(uid))
                    {
                        doubts.Unusable++;
                    }
                    else if (known.Add(uid))
                    {
                        isNewHere = true;
                        yield return found;
                    }
                }

                offset += page.Count;
                doubts.IsRepeating |= !isNewHere && page.Count == length; // who heeds the limit may have more
                isNew |= isNewHere;
                if (page.Count != length)
                {
                    isInStep = false;
                    break; // what lies between is to be asked for first
                }
            }

            if (!isNew)
            {
                yield break;
            }

            if (known.Count > MostResults)
            {
                throw new PacsbinException(PacsbinError.ArchiveFailed, $"The archive gives more than {MostResults} results. Ask for less.");
            }
        }

        Task<List<JsonElement>> Ask(int offset) =>
            retry.RunAsync(token => PageAsync(new Uri($"{address.AbsoluteUri}?{parameters}&limit={length}&offset={offset}"), isBelowStudy, token), cancellationToken);
    }

    /// <summary>One page.</summary>
    private async Task<List<JsonElement>> PageAsync(Uri address, bool isBelowStudy, CancellationToken cancellationToken)
    {
        using var silence = new Silence(client.Patience, cancellationToken);
        using var response = await client.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(DicomJson));
                return request;
            },
            silence.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NoContent || (response.StatusCode == HttpStatusCode.NotFound && isBelowStudy))
        {
            return []; // 10.6.3.1 allows 204 only; some archives answer 404 for a study that they do not have
        }

        if (!response.IsSuccessStatusCode)
        {
            throw (Exception?)PassingFailureException.Of(response) ?? new PacsbinException(PacsbinError.ArchiveFailed, $"The archive answers {(int)response.StatusCode} to a search.");
        }

        silence.Break();
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using var limited = new LimitedStream(body, MostBytes, silence.Break);
        var page = new List<JsonElement>();
        try
        {
            // One by one: an answer that is made to be large when it is read stays as small as its parts.
            await foreach (var found in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(limited, cancellationToken: silence.Token).ConfigureAwait(false))
            {
                if (found.ValueKind == JsonValueKind.Object)
                {
                    page.Add(found);
                }
            }

            return page;
        }
        catch (JsonException) when (limited.Position == 0)
        {
            return []; // 200 without a body, for nothing
        }
        catch (JsonException)
        {
            throw new PassingFailureException("The archive answers a search with what is not DICOM JSON (PS3.18 annex F).");
        }
    }

    /// <summary>Why there may be more than was found.</summary>
    private sealed class Doubts
    {
        /// <summary>How many results had no legal UID.</summary>
        public int Unusable { get; set; }

        /// <summary>Whether the archive gave the same page again.</summary>
        public bool IsRepeating { get; set; }
    }
}

/// <summary>The instances that an archive lists.</summary>
/// <param name="Instances">Each once.</param>
/// <param name="IsWhole">Whether there are no others, as far as the archive says.</param>
internal sealed record RemoteInstances(IReadOnlyList<RemoteInstance> Instances, bool IsWhole);

/// <summary>An instance that an archive lists.</summary>
internal readonly record struct RemoteInstance(string SeriesInstanceUid, string SopInstanceUid)
{
    public override string ToString() => nameof(RemoteInstance);
}
