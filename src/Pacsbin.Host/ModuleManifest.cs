namespace Pacsbin.Host;

/// <summary>Finds the module's manifest: beside the program, or in the nearest folder above it.</summary>
static class ModuleManifest
{
    const string Name = "Pacsbin.psd1";

    /// <exception cref="HostUsageException">No folder above the program holds the manifest.</exception>
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, Name);
            if (File.Exists(candidate)) return candidate;
        }
        throw new HostUsageException($"{Name} was found neither beside the program nor in a folder above {AppContext.BaseDirectory}.", 1);
    }
}
