using System.Security.Cryptography;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Projects;
using Pacsbin.Redaction.Devices;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>All that a run needs beside its studies, read from the files that a request names.</summary>
internal sealed class DeidentificationSetup : IDisposable
{
    private readonly StudiesToDeidentify body;
    private readonly DeidentificationProfile profile;
    private readonly string destination;
    private readonly Project? project;
    private readonly byte[]? key;
    private readonly DeviceLibrary? devices;
    private readonly AnonymizerScript? script;
    private readonly CtpLookupTable? lookupTable;
    private readonly DatasetFilter? filter;

    private DeidentificationSetup(StudiesToDeidentify body, AllowedFolders folders, CrosswalkServer? crosswalks)
    {
        this.body = body;
        destination = folders.RequireWorkspace(body.Workspace);
        var pixelScript = body.PixelScript is null ? null : FileOf(body.PixelScript, folders);
        script = body.Script is null ? null : AnonymizerScript.Load(FileOf(body.Script, folders), body.Exact, body.Parameters);
        lookupTable = body.LookupTable is null ? null : CtpLookupTable.Load(FileOf(body.LookupTable, folders));
        filter = body.Filter is null ? null : DatasetFilter.Parse(body.Filter, body.Exact);
        var ownProfile = ProfileOf(body);
        try
        {
            project = body.Project is null ? null : Project.Open(folders.RequireProject(body.Project), id => body.Key is null ? SecretText.KeyOfEnvironment(id) : SecretText.KeyOf(body.Key, id), crosswalks);
            key = project is null && body.Key is { } secret ? SecretText.KeyOf(secret, null) : null;
            profile = project is null ? ownProfile : DeidentificationProfile.Of(project.Settings);
            pixelScript ??= project?.Settings.PixelScript;
            devices = pixelScript is null ? null : DeviceLibrary.Load(pixelScript, body.Exact);
            Warnings = [.. WarningsOf()];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What looks wrong in the files.</summary>
    public IReadOnlyList<string> Warnings { get; } = [];

    /// <exception cref="PacsbinException">InvalidScript, InvalidProfile, KeyMissing, KeyMismatch, FileNotFound, FileAccessDenied and others of the files.</exception>
    public static DeidentificationSetup Read(StudiesToDeidentify body, AllowedFolders folders, CrosswalkServer? crosswalks)
    {
        if (body is { Project: not null } and not { Profile: null, Options: null, PixelScript: null, AllowedWords: null })
        {
            throw RequestRefusedException.BadRequest("The project says profile, options, pixel script and allowed words: leave them out.");
        }

        if (body is { Script: null } and not { LookupTable: null, Parameters: null })
        {
            throw RequestRefusedException.BadRequest("Lookup table and parameters are for a script.");
        }

        if (body is { Exact: true, Script: null, PixelScript: null })
        {
            throw RequestRefusedException.BadRequest("exact says how a script is read and run: it needs a script or a pixel script.");
        }

        return new DeidentificationSetup(body, folders, crosswalks);
    }

    public DeidentificationRun NewRun(Action<string, PacsbinException> rejected) => new(profile, destination, key, project)
    {
        Force = body.Force,
        Devices = devices,
        Script = script,
        LookupTable = lookupTable,
        Filter = filter,
        AllowedWords = project?.Settings.AllowedWords ?? body.AllowedWords ?? [],
        IsContinued = true,
        Rejected = rejected,
    };

    public void Dispose()
    {
        project?.Dispose();
        CryptographicOperations.ZeroMemory(key);
    }

    private static DeidentificationProfile ProfileOf(StudiesToDeidentify body) =>
        body is { Script: not null, Profile: null, Options: null or [] }
            ? DeidentificationProfile.ForScripts
            : DeidentificationProfile.Of(body.Profile ?? DeidentificationProfile.Pacsbin.Name, body.Options ?? []);

    private static string FileOf(string path, AllowedFolders folders) =>
        folders.RequireReadable(path) is var real && File.Exists(real) ? real : throw new PacsbinException(PacsbinError.FileNotFound, "The file does not exist.");

    private IEnumerable<string> WarningsOf()
    {
        foreach (var problem in (devices?.Problems ?? []).Concat(script?.Problems ?? []).Concat(filter?.Problems ?? []))
        {
            yield return problem.ToString();
        }

        if (script is { HashesGuessable: true } && key is null && project is null)
        {
            yield return "The script hashes numbers, names or dates without a key, as CTP does: who counts through patient numbers finds the one that was hashed. Use a key or a project.";
        }
    }
}
