using System.Security.Cryptography;
using System.Text;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Projects;

/// <summary>A temporary folder with a project in it, gone when it is disposed.</summary>
internal sealed class TrialFolder : IDisposable
{
    public static readonly byte[] Key = SHA256.HashData("a key for tests of projects"u8);

    /// <param name="path">Where the project is; null for a folder of its own.</param>
    public TrialFolder(string? path = null)
    {
        Path = path ?? Directory.CreateTempSubdirectory("pacsbin-project-").FullName;
        Project.Create(Path, new ProjectSettings { Name = "Trial" }, Key).Dispose();
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Opens the project; the caller disposes it.</summary>
    public Project Open() => Project.Open(Path, Key);

    /// <summary>Opens the crosswalk, does something with it and closes it.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="pseudonymLength">The characters of pseudonyms; with few, patients collide.</param>
    public T With<T>(Func<Crosswalk, T> work, int pseudonymLength = 10)
    {
        using var project = Open();
        using var crosswalk = Crosswalk.Open(project, new Pseudonymizer(Key) { PseudonymLength = pseudonymLength });
        return work(crosswalk);
    }

    public PatientPseudonym PseudonymOf(string id, string issuer = "", int pseudonymLength = 10) =>
        With(c => c.PseudonymOf(new PatientKey(issuer, id)), pseudonymLength);

    public IReadOnlyList<ResolvedIdentity> Resolve(string asked, string reason = "Incidental finding") => With(c => c.Resolve(asked, reason));

    /// <summary>What is in the crosswalk, decrypted and in an order of its own.</summary>
    public List<string> Dump() => With(c => c.Dump());

    /// <summary>The lines of the audit log.</summary>
    public string[] AuditLines() => File.Exists(this["audit.log"]) ? File.ReadAllLines(this["audit.log"], Encoding.UTF8) : [];

    /// <summary>Makes the project forget everything but its key.</summary>
    public void BeginAnew()
    {
        DeleteCrosswalk();
        using var project = Open();
        Crosswalk.Make(project);
    }

    /// <summary>Deletes the crosswalk and the audit log.</summary>
    public void DeleteCrosswalk()
    {
        foreach (var file in Directory.GetFiles(Path, "crosswalk.db*").Append(this["audit.log"]))
        {
            File.Delete(file);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
