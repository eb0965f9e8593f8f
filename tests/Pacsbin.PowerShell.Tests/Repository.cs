namespace Pacsbin.Tests;

/// <summary>Finds the files of this checkout that the tests drive.</summary>
static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Pacsbin.psd1");

    /// <summary>The host that was built together with these tests, in their configuration.</summary>
    public static string Host
    {
        get
        {
            var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            string name = OperatingSystem.IsWindows() ? "pacsbin-host.exe" : "pacsbin-host";
            return Path.Combine(Root, "src", "Pacsbin.Host", "bin", framework.Parent!.Name, framework.Name, name);
        }
    }

    static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PacsbinPS.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
