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
public sealed class ArchiveSearch(ArchiveClient client)
{
    private const int PageLength = 500;
    private const int MostPagesAtOnce = 4;
    private const int MostBytes = 256 * 1024 * 1024;
    private const string DicomJson = "application/dicom+json";
    private readonly ArchiveRetry retry = new(client.RetryDelay);

    /// <summary>Finds studies, each once.</summary>
    /// <exception cref="PacsbinException">ArchiveRefused; ArchiveFailed if there is no answer that can be read, or the archive cannot be searched.</exception>
    public async IAsyncEnumerable<DicomStudy> StudiesAsync(StudyQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await foreach (var found in PagesAsync("studies", query.Parameters(), Tags.StudyInstanceUid, expected: 0, cancellationToken).ConfigureAwait(false))
        {
            yield return StudyOf(found);
        }
    }

    /// <summary>The instances of a study.</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="seriesInstanceUid">The series; null for all.</param>
    /// <param name="expected">How many there should be, so that several pages can be asked for at once; 0 if that is not known.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    internal async Task<IReadOnlyList<RemoteInstance>> InstancesAsync(string studyInstanceUid, string? seriesInstanceUid, int expected, CancellationToken cancellationToken)
    {
        var resource = seriesInstanceUid is null ? $"studies/{studyInstanceUid}/instances" : $"studies/{studyInstanceUid}/series/{seriesInstanceUid}/instances";
        var all = new List<RemoteInstance>();
        await foreach (var found in PagesAsync(resource, "includefield=0020000E", Tags.SopInstanceUid, expected, cancellationToken).ConfigureAwait(false))
        {
            all.Add(new RemoteInstance(found.Text(Tags.SeriesInstanceUid) ?? seriesInstanceUid ?? "", found.Text(Tags.SopInstanceUid)!));
        }

        return all;
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
    private async IAsyncEnumerable<DicomJsonObject> PagesAsync(string resource, string parameters, Tag key, int expected, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (client.Archive.QidoUri is not { } root)
        {
            throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive is registered without QIDO-RS, so it cannot be searched.");
        }

        var address = ArchiveDefinition.At(root, resource);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var length = expected == 0 ? PageLength : Math.Clamp((expected + MostPagesAtOnce - 1) / MostPagesAtOnce, PageLength / MostPagesAtOnce, PageLength);
        var isInStep = true;
        for (var offset = 0; ;)
        {
            var width = isInStep ? Math.Clamp((expected - offset + length - 1) / length, 1, MostPagesAtOnce) : 1;
            var pages = await Task.WhenAll(Enumerable.Range(0, width).Select(i => Ask(offset + (i * length)))).ConfigureAwait(false);
            var (isNew, isStopped) = (false, false);
            foreach (var page in pages)
            {
                using var read = page;
                if (isStopped)
                {
                    continue; // what lies between is to be asked for first
                }

                var count = 0;
                foreach (var found in read is null ? [] : DicomJsonObject.All(read.RootElement))
                {
                    count++;
                    if (found.Text(key) is { } uid && Workspace.IsUid(uid) && known.Add(uid))
                    {
                        isNew = true;
                        yield return found;
                    }
                }

                offset += count;
                isStopped = count != length;
            }

            isInStep &= !isStopped;
            if (!isNew)
            {
                yield break;
            }
        }

        Task<JsonDocument?> Ask(int offset) =>
            retry.RunAsync(token => PageAsync(new Uri($"{address.AbsoluteUri}?{parameters}&limit={length}&offset={offset}"), token), cancellationToken);
    }

    /// <summary>One page; null for nothing.</summary>
    private async Task<JsonDocument?> PageAsync(Uri address, CancellationToken cancellationToken)
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
        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound)
        {
            return null; // 10.6.3.1 allows 204 only; archives answer 404 for a study that they do not have
        }

        if (!response.IsSuccessStatusCode)
        {
            throw (Exception?)PassingFailureException.Of(response) ?? new PacsbinException(PacsbinError.ArchiveFailed, $"The archive answers {(int)response.StatusCode} to a search.");
        }

        silence.Break();
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using var limited = new LimitedStream(body, MostBytes, silence.Break);
        try
        {
            var page = await JsonDocument.ParseAsync(limited, default, silence.Token).ConfigureAwait(false);
            return page.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? page : throw new JsonException();
        }
        catch (JsonException) when (limited.Position == 0)
        {
            return null; // 200 without a body, for nothing
        }
        catch (JsonException)
        {
            throw new PassingFailureException("The archive answers a search with what is not DICOM JSON (PS3.18 annex F).");
        }
    }
}

/// <summary>An instance that an archive lists.</summary>
internal readonly record struct RemoteInstance(string SeriesInstanceUid, string SopInstanceUid)
{
    public override string ToString() => nameof(RemoteInstance);
}
