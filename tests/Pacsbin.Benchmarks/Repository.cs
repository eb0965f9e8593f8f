namespace Pacsbin.Benchmarks;

/// <summary>Finds what was built together with this program.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Pacsbin.psd1");

    /// <summary>The host in the configuration of this program.</summary>
    public static string Host
    {
        get
        {
            var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            var name = OperatingSystem.IsWindows() ? "pacsbin-host.exe" : "pacsbin-host";
            return Path.Combine(Root, "src", "Pacsbin.Host", "bin", framework.Parent!.Name, framework.Name, name);
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PacsbinPS.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The benchmarks run outside the repository.");
    }
}
