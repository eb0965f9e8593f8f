using Pacsbin.Archives;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>The studies of an archive that a request means.</summary>
internal static class WantedStudies
{
    /// <exception cref="RequestRefusedException">It is not clear which are meant.</exception>
    public static void Require(IReadOnlyList<string>? uids, StudiesWanted? query)
    {
        if (uids is { Count: > 0 } == query is not null)
        {
            throw RequestRefusedException.BadRequest("Name the studies of the archive, or give a query.");
        }

        if (uids?.Any(u => !Workspace.IsUid(u)) == true)
        {
            throw RequestRefusedException.BadRequest("A UID is digits with single periods between them (PS3.5 9.1).");
        }

        if (query == new StudiesWanted() || query is { LastDays: not null } and not { Since: null, Until: null } || query?.LastDays is < 0 or > 36_500)
        {
            throw RequestRefusedException.BadRequest("A query says something, and either dates or the last days.");
        }
    }

    /// <summary>The UIDs of the studies.</summary>
    /// <exception cref="PacsbinException">ArchiveRefused, ArchiveFailed.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(ArchiveClient client, IReadOnlyList<string>? uids, StudiesWanted? query, CancellationToken cancellationToken)
    {
        if (query is null)
        {
            return [.. uids!.Distinct(StringComparer.Ordinal)];
        }

        var today = DateOnly.FromDateTime(DateTime.Now);
        var asked = new StudyQuery
        {
            PatientId = query.PatientId,
            PatientName = query.PatientName,
            AccessionNumber = query.AccessionNumber,
            Modality = query.Modality,
            Since = query.LastDays is { } days ? today.AddDays(-days) : query.Since,
            Until = query.LastDays is null ? query.Until : today,
        };
        var found = new List<string>();
        await foreach (var study in new ArchiveSearch(client).StudiesAsync(asked, cancellationToken))
        {
            found.Add(study.StudyInstanceUid);
        }

        return found;
    }
}
