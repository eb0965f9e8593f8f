using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Projects, and what only their keys can tell.</summary>
internal static class ProjectEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var projects = v1.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("", List).Named("Get-PacsbinProject", "Lists the projects of the configured folder.");
        projects.MapGet("/{folder}", Get).Named("Get-PacsbinProject-Detail", "Shows a project.");
        projects.MapPost("", Create).Named("New-PacsbinProject", "Makes a project: a folder with settings, a crosswalk and a secret key.",
            "The key is random and readable by the owner of the sidecar's process only; or none is stored, if PACSBIN_KEY is in the sidecar's environment. Keys never go over HTTP.")
            .WithExample("""{ "folder": "trial", "name": "Knee trial", "options": ["RetainPatientCharacteristics"], "retentionDays": 365 }""");
        projects.MapPut("/{folder}/settings", Change).Named("Set-PacsbinProject", "Changes what neither pseudonyms nor copies depend on.",
            "All four members are needed; null takes archive or limit away.")
            .WithExample("""{ "name": "Knee trial", "archive": null, "retentionDays": 730, "allowedWords": [] }""");
        v1.MapPost("/identities/resolve", Resolve).WithTags("Identities").Named("Resolve-PacsbinIdentity", "Tells who the patient behind a pseudonym or a new UID is.",
            "Who asked, when, for what and why is in the project's audit log before anything is given. Do not name the patient in the reason.")
            .WithExample("""{ "project": "trial", "identities": ["8G2QK7N0XC"], "reason": "Incidental finding, ethics vote 12/26" }""");
        v1.MapGet("/audit-log/test", TestAuditLog).WithTags("Identities").Named("Test-PacsbinAuditLog", "Verifies that nobody has changed a project's audit log.");
    }

    private static Ok<ProjectList> List(AllowedFolders folders)
    {
        var all = new List<ProjectSummary>();
        var rejections = new Rejections();
        foreach (var folder in folders.Projects is { } place ? Directory.EnumerateDirectories(place).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            try
            {
                if (ProjectSettings.IsIn(folder) && Path.GetFileName(folder) is var name && folders.RequireProject(name) is var real)
                {
                    all.Add(Inspect(real));
                }
            }
            catch (PacsbinException e)
            {
                rejections.Add(folder, e);
            }
        }

        return TypedResults.Ok(new ProjectList(all, rejections.Below(folders.Projects ?? "")));
    }

    private static Ok<ProjectSummary> Get(string folder, AllowedFolders folders) => TypedResults.Ok(Inspect(folders.RequireProject(folder)));

    private static Created<ProjectSummary> Create(NewProject body, AllowedFolders folders, JobStore store)
    {
        RequestRefusedException.RequireNoNulls(body.Options, body.AllowedWords);
        var folder = folders.RequireProject(body.Folder);
        var settings = new ProjectSettings
        {
            Name = body.Name ?? body.Folder,
            Profile = body.Profile,
            Options = body.Options ?? [],
            PixelScript = body.PixelScript is null ? null : folders.RequireReadable(body.PixelScript),
            UidPolicy = body.UidPolicy,
            Archive = body.Archive,
            RetentionDays = body.RetentionDays,
            AllowedWords = body.AllowedWords ?? [],
        };
        Require(settings);
        DeidentificationProfile.Of(settings);
        if (settings.PixelScript is { } script && !File.Exists(script))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "The pixel script is not a file that exists.");
        }

        Project.Create(folder, settings, SecretText.KeyOfEnvironment, store.Crosswalks).Dispose();
        return TypedResults.Created($"/v1/projects/{Uri.EscapeDataString(body.Folder)}", Inspect(folder));
    }

    private static Ok<ProjectSummary> Change(string folder, ChangedProject body, AllowedFolders folders)
    {
        var path = folders.RequireProject(folder);
        ProjectSettings Apply(ProjectSettings old) => old with { Name = body.Name, Archive = body.Archive, RetentionDays = body.RetentionDays, AllowedWords = body.AllowedWords };
        Require(Apply(ProjectSettings.Read(path)));
        Project.Change(path, Apply);
        return TypedResults.Ok(Inspect(path));
    }

    private static Ok<IdentityAnswer> Resolve(IdentityQuestion body, AllowedFolders folders, JobStore store)
    {
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Identities.Count == 0 || body.Identities.Any(string.IsNullOrWhiteSpace))
        {
            throw RequestRefusedException.BadRequest("A reason is needed, and at least one pseudonym or UID; none of them can be blank.");
        }

        using var project = Project.Open(folders.RequireProject(body.Project), static _ => null, store.Crosswalks);
        using var crosswalk = Crosswalk.Open(project);
        var found = body.Identities.Select(i => crosswalk.Resolve(i, body.Reason)).ToList();
        return TypedResults.Ok(new IdentityAnswer([.. found.SelectMany(f => f)], found.Count(f => f.Count == 0)));
    }

    private static Ok<AuditLogState> TestAuditLog(string project, AllowedFolders folders, JobStore store)
    {
        using var opened = Project.Open(folders.RequireProject(project), static _ => null, store.Crosswalks);
        using var crosswalk = Crosswalk.Open(opened);
        return TypedResults.Ok(crosswalk.CheckAuditLog());
    }

    private static ProjectSummary Inspect(string folder) => ProjectSummary.Of(Project.Inspect(folder, SecretText.KeyOfEnvironment));

    private static void Require(ProjectSettings settings)
    {
        if (settings.Problem() is { } problem)
        {
            throw RequestRefusedException.BadRequest(problem);
        }
    }
}
