using System.Text;
using Pacsbin.Projects;

namespace Pacsbin.Tests.Projects;

/// <summary>A temporary folder for projects, gone when it is disposed.</summary>
internal sealed class ProjectFolder : IDisposable
{
    /// <summary>A key as a person would give it.</summary>
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)(i * 7))];

    public string Path { get; } = Directory.CreateTempSubdirectory("pacsbin-projects-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a project with a stored key and closes it.</summary>
    /// <returns>Its folder.</returns>
    public string Create(string name = "trial", byte[]? key = null)
    {
        using var project = Project.Create(this[name], new ProjectSettings { Name = "Trial" }, key);
        return project.Folder;
    }

    /// <summary>Makes a project whose key is a text.</summary>
    /// <returns>Its folder.</returns>
    public string Create(string name, string secret)
    {
        using var project = Project.Create(this[name], new ProjectSettings { Name = "Trial" }, id => SecretText.KeyOf(secret, id));
        return project.Folder;
    }

    /// <summary>Copies a project's settings to "another machine": without its key file.</summary>
    public string CopyWithoutKey(string folder, string name = "copy")
    {
        Directory.CreateDirectory(this[name]);
        File.Copy(System.IO.Path.Join(folder, ProjectSettings.FileName), System.IO.Path.Join(this[name], ProjectSettings.FileName));
        return this[name];
    }

    /// <summary>Every file below the folder with its bytes, but for the locks, which are empty.</summary>
    public SortedDictionary<string, string> Contents() =>
        new(Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f))), StringComparer.Ordinal);

    /// <summary>The key of a project as everything that could give it away.</summary>
    public static IEnumerable<string> Spellings(byte[] key) =>
        [Convert.ToHexString(key), Convert.ToHexStringLower(key), Convert.ToBase64String(key), Convert.ToBase64String(key)[..16], Encoding.Latin1.GetString(key), Encoding.Latin1.GetString(key)[..8]];

    /// <summary>Who may do what with a file or folder; nothing on Windows, which has no such modes.</summary>
    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
